import { type Command, Option } from "commander";
import { flagNamed } from "../../sops/flags.ts";

/** Gives a command flags that sops has too, with the same names and texts everywhere: `addFlags(command, "input-type")`. */
export function addFlags(command: Command, ...names: readonly string[]): Command {
  for (const name of names) {
    const { short, value, help, env } = flagNamed(name);
    const long = value === undefined ? `--${name}` : `--${name} <${value}>`;
    const option = new Option(short === undefined ? long : `-${short}, ${long}`, help);
    command.addOption(env === undefined ? option : option.env(env));
  }
  return command;
}
