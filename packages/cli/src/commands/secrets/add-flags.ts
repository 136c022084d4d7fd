import { type Command, Option } from "commander";
import { flagNamed } from "../../sops/flags.ts";

/** Gives a command flags that sops has too, with the same names and texts everywhere: `addFlags(command, "input-type")`. */
export function addFlags(command: Command, ...names: readonly string[]): Command {
  for (const name of names) {
    const { short, value, help, env } = flagNamed(name);
    const long = value === undefined ? `--${name}` : `--${name} <${value}>`;
    // Not Option.env(), which reads the environment of the process instead of the command's.
    const text = env === undefined ? help : `${help} (or ${env})`;
    command.addOption(new Option(short === undefined ? long : `-${short}, ${long}`, text));
  }
  return command;
}

/** What decides which values are encrypted. */
export const selectionFlags = [
  "encrypted-regex",
  "unencrypted-regex",
  "encrypted-suffix",
  "unencrypted-suffix",
  "encrypted-comment-regex",
  "unencrypted-comment-regex",
  "mac-only-encrypted",
] as const;
