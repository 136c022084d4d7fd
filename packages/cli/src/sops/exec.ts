import { resolve } from "node:path";
import type { ExecOptions } from "@idstack/sops";
import { becomeUser } from "./become-user.ts";
import type { SopsCall, Target } from "./call.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { layoutOf } from "./layout.ts";
import { openingOptions } from "./sources.ts";
import { formatFor } from "./target.ts";

/** `exec-env`: a command with the values of a file in its environment. Resolves to the command's exit status. */
export async function execEnvCommand(call: SopsCall): Promise<number> {
  const { io, flags } = call;
  const { target, command } = wanted(call);
  if (flags.background === true) {
    io.err.write("--background is deprecated, in sops too: let the shell do it, with &\n");
    if (flags.sameProcess === true) {
      throw new SopsExit(sopsStatus.conflict, "--same-process and --background exclude each other");
    }
  }
  if (flags.sameProcess === true && process.platform === "win32") {
    throw new SopsExit(sopsStatus.generic, "--same-process does not exist on Windows");
  }
  const inBackground = flags.background === true ? "background" : "child";
  return run(call, target, flags.sameProcess === true ? shellIfNeeded(command) : command, {
    as: "env",
    pristine: flags.pristine === true,
    ...(call.strict ? { nullAs: "<nil>" } : {}),
    process: flags.sameProcess === true ? "same" : inBackground,
  });
}

/** `exec-file`: a command with the decrypted file where it says `{}`. Resolves to the command's exit status. */
export async function execFileCommand(call: SopsCall): Promise<number> {
  const { flags, io } = call;
  const { target, command } = wanted(call);
  if (flags.background === true) {
    const message = "--background would remove the file before the command reads it: let the shell do it, with &";
    throw new SopsExit(sopsStatus.conflict, message);
  }
  const fifo = flags.noFifo !== true;
  if (fifo && process.platform === "win32") io.err.write("Windows has no named pipes: a regular file is used\n");
  const outputFormat = formatFor(flags.outputType, target.named, call);
  const { indent } = await layoutOf(call, target, outputFormat);
  return run(call, target, command, {
    as: fifo ? "fifo" : "file",
    filename: flags.filename || undefined,
    outputFormat,
    indent,
  });
}

interface Wanted {
  readonly target: Target & { readonly path: string; readonly shown: string };
  readonly command: readonly string[];
}

/** A file and one text for the shell, as in sops; or a program with its arguments, for which no shell is needed. */
function wanted({ io, args, strict }: SopsCall): Wanted {
  const [shown = "", ...rest] = args;
  const command = !strict && rest[0] === "--" ? rest.slice(1) : rest;
  if (shown === "" || command.length === 0 || (strict && command.length > 1)) {
    throw new SopsExit(
      sopsStatus.generic,
      "give a file, and a command as one argument: exec-env secrets.env 'npm start'",
    );
  }
  const path = resolve(io.cwd, shown);
  return { target: { shown, path, named: path }, command: command.length === 1 ? shell(command[0] ?? "") : command };
}

function shell(line: string): readonly string[] {
  return process.platform === "win32" ? ["cmd.exe", "/C", line] : ["/bin/sh", "-c", line];
}

/** A process can only become a program whose path it knows; the shell finds it, and is gone then. */
function shellIfNeeded(command: readonly string[]): readonly string[] {
  return command[0] === "/bin/sh" ? command : ["/bin/sh", "-c", 'exec "$@"', "sh", ...command];
}

async function run(
  call: SopsCall,
  { path, shown, named }: Wanted["target"],
  command: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const { io, flags } = call;
  const { user } = flags;
  const { execWithSecrets } = await import("@idstack/sops");
  const format = formatFor(flags.inputType, named, call);
  const opening = openingOptions(call);
  try {
    return await withStatus("encrypted", () =>
      execWithSecrets(path, command, {
        ...opening,
        ...options,
        format,
        // Another user may have no way into this folder, but stays in it.
        ...(io.cwd === process.cwd() ? {} : { cwd: io.cwd }),
        ...(user ? { beforeStart: () => becomeUser(user) } : {}),
      }),
    );
  } catch (error) {
    if (error instanceof TypeError && options.filename !== undefined) {
      throw new SopsExit(sopsStatus.generic, `--filename ${options.filename}: give a name without folders`);
    }
    if (!(error instanceof SopsExit)) throw error;
    const message = error.message.replace(path, shown);
    throw new SopsExit(statusOf(error), message, { code: error.code, cause: error });
  }
}

/** Where sops has another status when a command is to run. */
function statusOf({ code, status, message }: SopsExit): number {
  if (code === "read-failed") return message.includes("UTF-8") ? status : sopsStatus.read;
  return ["program-not-found", "unsupported-value"].includes(code) ? sopsStatus.generic : status;
}
