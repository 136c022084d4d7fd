import { Command } from "commander";
import type { Finish } from "../internal/program.ts";
import type { Io } from "../io.ts";
import { execEnvCommand } from "./secrets/exec-env.ts";
import { execFileCommand } from "./secrets/exec-file.ts";
import { guardCommand } from "./secrets/guard.ts";
import { keygenCommand } from "./secrets/keygen.ts";

/** `idstack secrets`: SOPS files. */
export function secretsCommand(io: Io, finish: Finish): Command {
  const commands = [
    keygenCommand(io, finish),
    guardCommand(io, finish),
    execEnvCommand(io, finish),
    execFileCommand(io, finish),
    // One line each.
  ];
  const group = new Command("secrets")
    .description("SOPS files: encrypt, edit, share, check")
    .enablePositionalOptions()
    .addHelpText("after", help);
  for (const command of commands) group.addCommand(command);
  return group;
}

const help = `
Examples:
  idstack secrets keygen -o ~/.config/sops/age/keys.txt
  idstack secrets guard --staged

Files are those of sops: either program reads what the other wrote.

Exit status: that of sops for the same failure, 2 for wrong usage; see each command.
`;
