import { Command } from "commander";
import type { Finish } from "../internal/program.ts";
import type { Io } from "../io.ts";
import { decryptCommand } from "./secrets/decrypt.ts";
import { editCommand } from "./secrets/edit.ts";
import { encryptCommand } from "./secrets/encrypt.ts";
import { execEnvCommand } from "./secrets/exec-env.ts";
import { execFileCommand } from "./secrets/exec-file.ts";
import { fileStatusCommand } from "./secrets/file-status.ts";
import { guardCommand } from "./secrets/guard.ts";
import { keygenCommand } from "./secrets/keygen.ts";
import { mergeCommand } from "./secrets/merge.ts";
import { reportCommand } from "./secrets/report.ts";
import { resolveCommand } from "./secrets/resolve.ts";
import { rotateCommand } from "./secrets/rotate.ts";
import { setCommand, unsetCommand } from "./secrets/set.ts";
import { textconvCommand } from "./secrets/textconv.ts";
import { updateKeysCommand } from "./secrets/update-keys.ts";

/** `idstack secrets`: SOPS files. */
export function secretsCommand(io: Io, finish: Finish): Command {
  const commands = [
    keygenCommand(io, finish),
    encryptCommand(io, finish),
    decryptCommand(io, finish),
    editCommand(io, finish),
    setCommand(io, finish),
    unsetCommand(io, finish),
    rotateCommand(io, finish),
    updateKeysCommand(io, finish),
    reportCommand(io, finish),
    fileStatusCommand(io, finish),
    guardCommand(io, finish),
    mergeCommand(io, finish),
    resolveCommand(io, finish),
    textconvCommand(io, finish),
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
  idstack secrets encrypt -i db.enc.yaml
  idstack secrets edit db.enc.yaml
  idstack secrets updatekeys clusters/
  idstack secrets guard --staged

Files and flags are those of sops: either program reads what the other wrote. Keys are age and ssh keys; for others there is
the sops program.

Exit status: that of sops for the same failure, 2 for wrong usage; see each command.
`;
