import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { KeyRing } from "@idstack/sops";
import { shownPath } from "../internal/shown-path.ts";
import type { SopsCall } from "./call.ts";
import { recipientList } from "./encrypt-settings.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { showProgress } from "./progress.ts";
import { rotateCommand } from "./rotate.ts";
import { keySources } from "./sources.ts";

/** `rotate` for one file as in sops, and for several files and folders in place. */
export async function rotatePaths(call: SopsCall): Promise<void> {
  const { args, flags, io } = call;
  const folders = await Promise.all(args.map((arg) => isFolder(resolve(io.cwd, arg))));
  if (args.length === 1 && folders[0] !== true) {
    await rotateCommand(call);
    if (flags.json === true && flags.inPlace === true) print(call, args, []);
    return;
  }
  if (flags.inPlace !== true || flags.output || flags.filenameOverride) {
    throw new SopsExit(sopsStatus.conflict, "several files are rotated in place: give -i, and no name for the result");
  }
  const { openKeyRing } = await import("@idstack/sops");
  const keyRing = openKeyRing(keySources(io));
  const files = (await Promise.all(args.map((arg, index) => filesOf(arg, folders[index] === true, call)))).flat();
  const [rotated, failed]: [string[], SopsExit[]] = [[], []];
  let left = 0;
  using progress = showProgress(io);
  for (const [index, file] of files.entries()) {
    if (await isDone(file, call)) left += 1;
    else {
      const error = await rotateOne(call, file, keyRing);
      if (error === undefined) rotated.push(file);
      else failed.push(error);
    }
    progress.step(index + 1, files.length, file);
  }
  if (flags.json === true) print(call, rotated, failed);
  else io.err.write(`${rotated.length} of ${files.length} files have new data keys${leftText(left)}\n`);
  if (failed.length === 0) return;
  const message = failed.map((error) => error.message).join("\n");
  throw new SopsExit(sopsStatus.generic, message, { silent: flags.json === true });
}

/**
 * Whether a file has the recipients to add and lacks those to remove. Such a file is left as it is, so that a run that was
 * interrupted can be repeated; without recipients to change nothing tells which files are done.
 */
async function isDone(file: string, { flags }: SopsCall): Promise<boolean> {
  const [add, remove] = [recipientList(flags.addAge), recipientList(flags.rmAge)];
  if (add.length + remove.length === 0) return false;
  const { readMetadata } = await import("@idstack/sops");
  try {
    const { age } = readMetadata(await readFile(file, "utf8"), { file });
    const known = new Set(age.map(({ recipient }) => recipient));
    return add.every((recipient) => known.has(recipient)) && !remove.some((recipient) => known.has(recipient));
  } catch {
    // The rotation says what is wrong with it.
    return false;
  }
}

function leftText(left: number): string {
  return left === 0 ? "" : `; ${left} had these recipients already`;
}

async function rotateOne(call: SopsCall, file: string, keyRing: KeyRing): Promise<SopsExit | undefined> {
  try {
    await rotateCommand({ ...call, args: [shownPath(file, call.io.cwd)] }, { keyRing, oneOfMany: true });
    return undefined;
  } catch (error) {
    if (error instanceof SopsExit) return error;
    throw error;
  }
}

async function filesOf(arg: string, folder: boolean, { io }: SopsCall): Promise<readonly string[]> {
  const path = resolve(io.cwd, arg);
  if (!folder) return [path];
  const { reportKeys } = await import("@idstack/sops");
  const { files, diagnostics } = await withStatus("encrypted", () => reportKeys(path));
  const broken = diagnostics.find(({ severity }) => severity === "error");
  // Before anything is written: half a tree with new keys helps nobody.
  if (broken !== undefined) throw new SopsExit(sopsStatus.generic, broken.message);
  return files.map(({ file }) => file);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function print({ io }: SopsCall, rotated: readonly string[], failed: readonly Error[]): void {
  const shown = rotated.map((file) => shownPath(resolve(io.cwd, file), io.cwd));
  const document = { rotated: shown, failed: failed.map(({ message }) => message) };
  io.out.write(`${JSON.stringify(document, null, 2)}\n`);
}
