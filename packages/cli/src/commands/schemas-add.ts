import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import type { Finish } from "../internal/program.ts";
import type { Io } from "../io.ts";

/** `idstack schemas add <crd.yaml…>`: schemas and types of the repository's own kinds. */
export function schemasAddCommand(io: Io, finish: Finish): Command {
  return new Command("add")
    .description("writes schemas and types of CustomResourceDefinitions to .idstack/schemas")
    .argument("<path...>", "files and folders with definitions; everything else in them is left alone")
    .option("--json", "print one JSON document")
    .addHelpText("after", help)
    .action(async (paths: readonly string[], { json = false }: { readonly json?: boolean }) => {
      const { addSchemas, addedText } = await import("../internal/schemas/add-schemas.ts");
      const { sources, ...result } = await addSchemas(paths, io.cwd);
      if (json) io.out.write(`${JSON.stringify(result, null, 2)}\n`);
      else io.out.write(await addedText({ ...result, sources }, io.out.color));
      finish(result.diagnostics.some(({ severity }) => severity === "error") ? exitCodes.findings : exitCodes.ok);
    });
}

const help = `
Examples:
  idstack schemas add crds/widgets.yaml
  kubectl get crd widgets.example.com -o yaml > widgets.yaml && idstack schemas add widgets.yaml
  idstack schemas add crds/ --json

Render and audit use them at once, in place of recorded kinds of the same name. The folder is the nearest
.idstack/schemas above the working directory, or one is made at the root of the Git repository. Commit it.

Exit status: 0 written, 1 a definition is wrong and nothing was written, 2 wrong usage, 3 another failure.
`;
