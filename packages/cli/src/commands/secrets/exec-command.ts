import { Command } from "commander";

/** `exec-env` and `exec-file`: what follows the file belongs to the command, with or without `--`. */
export function execCommand(name: string, file: string, more = ""): Command {
  return new Command(name)
    .argument("<file>", file)
    .argument("<command...>", `one argument for the shell, or a program and its arguments${more}`)
    .passThroughOptions();
}

export const execStatus = `Exit status: that of the command, 128 + its number if a signal ended it. Before the command starts, that of sops: 128 no
key fits, 51 the MAC does not match, 2 the file cannot be read, 1 anything else.
`;
