import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { KeyRing, PlannedUpdate, SopsConfig, UpdatePlan } from "@idstack/sops";
import { shownPath } from "../internal/shown-path.ts";
import { type Asker, asker } from "./ask.ts";
import type { SopsCall } from "./call.ts";
import { configFile, loadConfig } from "./config.ts";
import { SopsExit, sopsStatus, statusFor } from "./exit.ts";
import { showProgress } from "./progress.ts";
import { redactKeys } from "./redact.ts";
import { keySources } from "./sources.ts";
import { formatFor } from "./target.ts";

/** What became of the files of all arguments. */
interface Outcome {
  readonly updates: PlannedUpdate[];
  readonly unchanged: string[];
  readonly written: string[];
  readonly failed: Error[];
}

/** `updatekeys`: gives files the recipients of their creation rules; with the idstack grammar also whole folders. */
export async function updateKeysCommand(call: SopsCall): Promise<void> {
  const { args, flags, io, strict } = call;
  const none = { shown: undefined, path: undefined, named: "" };
  if (strict && (await configFile(call, none)) === undefined) {
    throw new SopsExit(sopsStatus.generic, "there is no .sops.yaml here or above", { code: "no-config" });
  }
  if (args.length === 0) throw new SopsExit(sopsStatus.noFile, "no file is given");
  const { openKeyRing } = await import("@idstack/sops");
  const keyRing = openKeyRing(keySources(io));
  const ask = asker(io);
  const outcome: Outcome = { updates: [], unchanged: [], written: [], failed: [] };
  for (const arg of args) await updateArgument(arg, call, { keyRing, ask, outcome });
  if (flags.json === true) printJson(call, outcome);
  const [first] = outcome.failed;
  if (first === undefined) return;
  const status = args.length === 1 ? (statusFor(first, "encrypted") ?? sopsStatus.generic) : sopsStatus.generic;
  const silent = flags.json === true;
  if (outcome.failed.length === 1) throw new SopsExit(status, first.message, { cause: first, silent });
  const more = outcome.failed.map(({ message }) => message).join("\n");
  throw new SopsExit(sopsStatus.generic, `${outcome.failed.length} files could not be updated:\n${more}`, { silent });
}

interface Run {
  readonly keyRing: KeyRing;
  readonly ask: Asker;
  readonly outcome: Outcome;
}

async function updateArgument(arg: string, call: SopsCall, { keyRing, ask, outcome }: Run): Promise<void> {
  const { flags, io } = call;
  const plan = await planFor(arg, call).catch((error: Error) => error);
  if (plan instanceof Error) return void outcome.failed.push(plan);
  outcome.updates.push(...plan.updates);
  outcome.unchanged.push(...plan.unchanged);
  outcome.failed.push(...plan.problems);
  const quiet = flags.json === true;
  if (!quiet) {
    for (const file of plan.unchanged) io.err.write(`${shownPath(file, io.cwd)} is up to date\n`);
    for (const update of plan.updates) io.out.write(updateText(update, call));
  }
  if (plan.updates.length === 0 || (quiet && flags.yes !== true)) return;
  if (flags.yes !== true) {
    const yes = await ask.yes("Is this okay? (y/n):");
    if (yes === undefined) {
      outcome.failed.push(new Error("there was no answer, and nothing was changed: answer y, or give -y"));
      return;
    }
    if (!yes) return void io.err.write("nothing was changed\n");
  }
  using progress = showProgress(io);
  const { written, failed } = await plan.apply({ ...keySources(io), keyRing, onProgress: progress.step });
  outcome.written.push(...written);
  outcome.failed.push(...failed);
  if (!quiet) for (const file of written) io.err.write(`${shownPath(file, io.cwd)} has the keys of its rule now\n`);
  const gone = [...new Set(plan.updates.flatMap(({ remove }) => remove))];
  if (gone.length > 0 && !call.strict) {
    io.err.write(
      `${redactKeys(gone.join(", "))}: still knows the old data keys. idstack secrets rotate -i gives files new ones.\n`,
    );
  }
}

async function planFor(arg: string, call: SopsCall): Promise<UpdatePlan> {
  const { io, flags, strict } = call;
  const path = resolve(io.cwd, arg);
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) throw new SopsExit(sopsStatus.generic, `there is no file ${arg}`);
  if (there.isDirectory() && strict) throw new SopsExit(sopsStatus.generic, `${arg} is a folder`);
  const { planUpdateKeys } = await import("@idstack/sops");
  const config = await configOf(call, arg, path);
  const format = there.isDirectory() ? undefined : formatFor(flags.inputType, path, call);
  return planUpdateKeys(path, { config, format, threshold: strict ? "file" : "rule" });
}

/** One configuration for all where sops has one; otherwise each file has its nearest. */
async function configOf(call: SopsCall, shown: string, path: string): Promise<SopsConfig | undefined> {
  const { flags, io, strict } = call;
  if (!strict && !flags.config && !io.env["SOPS_CONFIG"]) return undefined;
  const config = await loadConfig(call, { shown, path, named: path });
  if (config === undefined) throw new SopsExit(sopsStatus.generic, "the .sops.yaml has no creation rules");
  return config;
}

/** What is going to change, in the words of sops. */
function updateText(update: PlannedUpdate, { io, strict }: SopsCall): string {
  const { file, groups, wanted, wantedGroups: wants, shamirThreshold } = update;
  const color = (code: number, line: string) => (io.out.color ? `\u001b[${code}m${line}\u001b[0m` : line);
  const threshold = wants.length > 1 ? wanted.shamirThreshold : undefined;
  const head = strict ? "The following changes will be made to the file's groups:" : `${shownPath(file, io.cwd)}:`;
  const lines = [head];
  if (threshold === shamirThreshold) {
    if (threshold !== undefined) lines.push(`shamir_threshold: ${threshold}`);
  } else {
    if (threshold !== undefined) lines.push(color(32, `+++ shamir_threshold: ${threshold}`));
    if (shamirThreshold !== undefined) lines.push(color(31, `--- shamir_threshold: ${shamirThreshold}`));
  }
  for (let index = 0; index < Math.max(groups.length, wants.length); index += 1) {
    const [has, want] = [groups[index] ?? [], wants[index] ?? []];
    lines.push(color(4, `Group ${index + 1}`));
    lines.push(...want.filter((key) => has.includes(key)).map((key) => `    ${key}`));
    lines.push(...want.filter((key) => !has.includes(key)).map((key) => color(32, `+++ ${key}`)));
    lines.push(...has.filter((key) => !want.includes(key)).map((key) => color(31, `--- ${key}`)));
  }
  return redactKeys(`${lines.join("\n")}\n`);
}

function printJson({ io }: SopsCall, { updates, unchanged, written, failed }: Outcome): void {
  const shown = (file: string) => shownPath(file, io.cwd);
  const document = {
    updates: updates.map(({ file, add, remove, regrouped }) => ({ file: shown(file), add, remove, regrouped })),
    unchanged: unchanged.map(shown),
    written: written.map(shown),
    failed: failed.map(({ message }) => message),
  };
  io.out.write(redactKeys(`${JSON.stringify(document, null, 2)}\n`));
}
