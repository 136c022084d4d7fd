import { Command } from "commander";
import type { Finish } from "../internal/program.ts";
import type { Io } from "../io.ts";
import { schemasAddCommand } from "./schemas-add.ts";
import { schemasListCommand } from "./schemas-list.ts";

/** `idstack schemas`: the kinds that objects are validated against, and the repository's own ones. */
export function schemasCommand(io: Io, finish: Finish): Command {
  return new Command("schemas")
    .description("what Kubernetes objects are validated against")
    .addCommand(schemasListCommand(io, finish))
    .addCommand(schemasAddCommand(io, finish))
    .addHelpText("after", help);
}

const help = `
Examples:
  idstack schemas list
  idstack schemas add crds/

Exit status: 0 done, 1 nothing matches or a definition is wrong, 2 wrong usage, 3 another failure.
`;
