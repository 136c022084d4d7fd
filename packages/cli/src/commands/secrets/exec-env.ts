import type { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags } from "./add-flags.ts";
import { execCommand, execStatus } from "./exec-command.ts";

/** `idstack secrets exec-env`: a command with secrets in its environment. */
export function execEnvCommand(io: Io, finish: Finish): Command {
  const command = execCommand("exec-env", "an encrypted file whose values are not nested")
    .description("runs a command with the values of a file in its environment")
    .addHelpText("after", help)
    .action(async (file: string, words: readonly string[], flags: SopsFlags) => {
      const { execEnvCommand: execEnv } = await import("../../sops/exec.ts");
      finish(await execEnv({ io, flags, args: [file, ...words], strict: false }));
    });
  return addFlags(command, "pristine", "same-process", "user", "background", "decryption-order");
}

const help = `
Examples:
  idstack secrets exec-env app.env -- node server.js
  idstack secrets exec-env app.env 'echo "$TOKEN" | wc -c'
  idstack secrets exec-env --pristine app.env /usr/bin/env

The secrets are in no argument and in no file. Signals are handed on to the command. A value that is null removes its
variable.

${execStatus}`;
