import { Command } from "commander";
import { auditCommand } from "../commands/audit.ts";
import { devCommand } from "../commands/dev.ts";
import { renderCommand } from "../commands/render.ts";
import { schemasCommand } from "../commands/schemas.ts";
import { secretsCommand } from "../commands/secrets.ts";
import type { Io } from "../io.ts";
import { version } from "../version.ts";

/** Tells `main` with which status to exit: an {@link ExitCode}, or that of a program `idstack dev` ran. */
export type Finish = (code: number) => void;

/** The whole command line. Commands import what they need when they run: that keeps `--help` fast. */
export function program(io: Io, finish: Finish): Command {
  const root = new Command("idstack")
    .description(
      "Declare a zero-trust homelab in TypeScript, render it for GitOps, prove what it allows, audit any repository.",
    )
    .version(version())
    .enablePositionalOptions()
    .addHelpText("after", overview);
  const commands = [
    renderCommand(io, finish),
    auditCommand(io, finish),
    devCommand(io, finish),
    schemasCommand(io, finish),
    secretsCommand(io, finish),
  ];
  for (const command of commands) root.addCommand(command);
  for (const command of [root, ...commands, ...commands.flatMap((each) => each.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      // `main` reports errors, as text or as JSON.
      outputError: () => undefined,
      getOutHasColors: () => io.out.color,
      getErrHasColors: () => io.err.color,
    });
  }
  return root;
}

const overview = `
Examples:
  idstack render                     declaration (stack.config.ts) → GitOps tree
  idstack render --check             fails when the tree is not what the declaration says
  idstack audit clusters/            checks any YAML repository
  idstack dev -- node web.js         runs a program with a development identity
  idstack schemas list cilium        what objects are validated against
  idstack secrets edit db.enc.yaml   opens an encrypted file in your editor

Every command has --help with examples. Those with --json print one document on stdout, also for a failure.

Exit status: 0 nothing is wrong, 1 findings or drift, 2 wrong usage or configuration, 3 another failure.
`;
