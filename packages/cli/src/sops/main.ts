import type { Io } from "../io.ts";
import { commands, globalFlags, type SopsCommand, unsupported } from "./commands.ts";
import { SopsExit, sopsStatus, statusFor } from "./exit.ts";
import { flagsFirst, GrammarError, type Parsed, parseFlags, SURPLUS } from "./grammar.ts";
import { redactKeys } from "./redact.ts";
import { toFlags } from "./to-flags.ts";

/** Commands for one file, which tell when there are more. */
const ONE_FILE = ["encrypt", "decrypt", "rotate", "edit"];

/** The sops whose command line, formats and layout this is. */
const SOPS = "3.13.3";

/**
 * Runs one command line of `idstack-sops` and returns its exit status, that of sops 3.13 for the same; it never throws and
 * never exits the process itself.
 *
 * @param args - Without the program: `["-d", "secrets.yaml"]`.
 * @example
 * ```ts
 * import { processIo, sopsMain } from "idstack";
 * console.log(await sopsMain(["filestatus", "package.json"], processIo())); // 0
 * ```
 */
export async function sopsMain(args: readonly string[], io: Io): Promise<number> {
  try {
    return await run(args, io);
  } catch (error) {
    const status = error instanceof GrammarError ? sopsStatus.generic : statusFor(error, "encrypted");
    if (status === undefined) {
      io.err.write(`this should not have happened, please report it:\n${errorText(error)}\n`);
      return sopsStatus.generic;
    }
    const { message } = error as Error;
    const hint = error instanceof GrammarError ? "\nidstack-sops --help shows the flags." : "";
    if (!(error instanceof SopsExit && error.silent)) io.err.write(`${redactKeys(message)}${hint}\n`);
    return status;
  }
}

async function run(args: readonly string[], io: Io): Promise<number> {
  const global = parseFlags(args, globalFlags);
  const [name = "", ...rest] = global.args;
  if (global.values["version"] === true) return print(await versionText(), io);
  if (global.values["help"] === true || name === "help" || name === "h") {
    const { helpText } = await import("./help.ts");
    return print(helpText(name === "" || name === "help" || name === "h" ? rest[0] : name), io);
  }
  if (unsupported.includes(name)) throw notHere(name);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return runCommand(name, command, rest, global, io);
  const { legacyCommand } = await import("./legacy.ts");
  await legacyCommand(global, io);
  return 0;
}

async function runCommand(
  name: string,
  command: SopsCommand,
  written: readonly string[],
  global: Parsed,
  io: Io,
): Promise<number> {
  const { values, args } = parseFlags(flagsFirst(written, command.flags), command.flags);
  if (values["help"] === true) {
    const { helpText } = await import("./help.ts");
    return print(helpText(name), io);
  }
  if (ONE_FILE.includes(name) && args.length > 1) io.err.write(SURPLUS);
  return (await command.run({ io, flags: toFlags(values, global.values), args, strict: true })) ?? 0;
}

function print(text: string, io: Io): number {
  io.out.write(text);
  return 0;
}

function notHere(name: string): SopsExit {
  const message = `${name} is not supported here: use the sops program. From code, the exec backend (openSops() of @idstack/sops) runs it.`;
  return new SopsExit(sopsStatus.generic, message);
}

async function versionText(): Promise<string> {
  const { version } = await import("../version.ts");
  return `sops ${SOPS} (idstack ${version()})\n`;
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
