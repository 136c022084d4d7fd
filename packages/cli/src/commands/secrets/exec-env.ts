import { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags } from "./add-flags.ts";

/** `idstack secrets exec-env`: a command with secrets in its environment. */
export function execEnvCommand(io: Io, finish: Finish): Command {
  const command = new Command("exec-env")
    .description("runs a command with the values of a file in its environment")
    .argument("<file>", "an encrypted file whose values are not nested")
    .argument("<command...>", "one argument for the shell, or a program and its arguments");
  addFlags(command, "pristine", "same-process", "user", "background", "decryption-order");
  return (
    command
      // What follows the file is the command's.
      .passThroughOptions()
      .addHelpText("after", help)
      .action(async (file: string, words: readonly string[], flags: SopsFlags) => {
        const { execEnvCommand: execEnv } = await import("../../sops/exec.ts");
        finish(await execEnv({ io, flags, args: [file, ...words], strict: false }));
      })
  );
}

const help = `
Examples:
  idstack secrets exec-env app.env -- node server.js
  idstack secrets exec-env app.env 'echo "$TOKEN" | wc -c'
  idstack secrets exec-env --pristine app.env /usr/bin/env

The secrets are in no argument and in no file. Signals are handed on to the command. A value that is null removes its
variable.

Exit status: that of the command, 128 + its number if a signal ended it. Before the command starts, that of sops: 128 no
key fits, 51 the MAC does not match, 2 the file cannot be read, 1 anything else.
`;
