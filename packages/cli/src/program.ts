import { readFileSync } from "node:fs";
import { Command } from "commander";
import { auditCommand } from "./commands/audit.ts";
import { devCommand } from "./commands/dev.ts";
import { renderCommand } from "./commands/render.ts";
import { schemasCommand } from "./commands/schemas.ts";
import type { Io } from "./io.ts";

/** Tells `main` with which status to exit: an {@link ExitCode}, or that of a program `idstack dev` ran. */
export type Finish = (code: number) => void;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** The whole command line. */
export function program(io: Io, finish: Finish): Command {
  const root = new Command("idstack")
    .description(
      "Declare a zero-trust homelab in TypeScript, render it for GitOps, prove what it allows, audit any repository.",
    )
    .version(version)
    .addHelpText("after", overview)
    .showHelpAfterError("(run with --help for examples)");
  for (const command of [
    renderCommand(io, finish),
    auditCommand(io, finish),
    devCommand(io, finish),
    schemasCommand(io),
  ]) {
    root.addCommand(command);
  }
  for (const command of [root, ...root.commands, ...root.commands.flatMap((each) => each.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
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

Exit status: 0 nothing is wrong, 1 findings or drift, 2 wrong usage or configuration, 3 another failure.
`;
