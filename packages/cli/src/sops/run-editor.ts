import { spawn } from "node:child_process";
import { access, constants, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Io } from "../io.ts";
import { SopsExit, sopsStatus } from "./exit.ts";

/**
 * Opens a file in the user's editor, `SOPS_EDITOR` or `EDITOR`, and returns when that has ended.
 *
 * @throws SopsExit 201 without an editor, or when it fails; 1 when this process was told to end.
 */
export async function runEditor(path: string, { env, cwd }: Io): Promise<void> {
  const [program, ...args] = await editorOf(env);
  const { holdSignals } = await import("@idstack/sops");
  using signals = holdSignals();
  let asked: NodeJS.Signals | undefined;
  const failed = await new Promise<string | undefined>((resolve) => {
    const child = spawn(program, [...args, path], { cwd, env, stdio: "inherit" });
    signals.deliver((signal) => {
      // Ctrl-C belongs to the editor, which got it, too.
      if (signal === "SIGINT") return;
      asked = signal;
      child.kill(signal);
    });
    child.once("error", (error: NodeJS.ErrnoException) => resolve(`${program} cannot be run (${error.code})`));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(signal === null ? `${program} ended with exit status ${code}` : `${program} was ended by ${signal}`);
    });
  });
  if (asked !== undefined) throw new SopsExit(sopsStatus.generic, `ended by ${asked}; nothing was written`);
  if (failed !== undefined)
    throw new SopsExit(sopsStatus.noEditor, `the editor failed, and nothing was written: ${failed}`);
}

/** What the editor has left. */
export async function readEdited(path: string): Promise<Buffer> {
  return await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const what = `what the editor has left cannot be read (${cause.code}), and nothing was written`;
    throw new SopsExit(sopsStatus.read, what, { cause });
  });
}

async function editorOf(env: NodeJS.ProcessEnv): Promise<readonly [string, ...string[]]> {
  for (const name of ["SOPS_EDITOR", "EDITOR"]) {
    const line = env[name];
    if (!line) continue;
    const { shellWords } = await import("@idstack/sops");
    const [program, ...args] = shellWords(line) ?? [];
    if (program === undefined) throw new SopsExit(sopsStatus.noEditor, `${name} is no command line`);
    return [program, ...args];
  }
  for (const name of ["vim", "nano", "vi"]) if (await onPath(name, env)) return [name];
  throw new SopsExit(sopsStatus.noEditor, "there is no editor: name one in EDITOR; vim, nano and vi are not on PATH");
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    const found = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== "" && found) return true;
  }
  return false;
}
