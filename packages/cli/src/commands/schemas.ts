import { catalog } from "@idstack/schemas";
import { Command } from "commander";
import type { Io } from "../io.ts";

/** `idstack schemas list`: the kinds that objects are validated against, with the project they come from. */
export function schemasCommand(io: Io): Command {
  const schemas = new Command("schemas").description("what Kubernetes objects are validated against");
  schemas
    .command("list")
    .description("lists kinds by project")
    .argument("[filter]", "part of a project, API group or kind")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  idstack schemas list\n  idstack schemas list cert-manager\n  idstack schemas list --json",
    )
    .action((filter: string | undefined, options: { json?: boolean }) => {
      const wanted = filter?.toLowerCase() ?? "";
      const entries = catalog.filter(({ project, apiVersion, kind }) =>
        [project, apiVersion, kind].some((text) => text.toLowerCase().includes(wanted)),
      );
      if (options.json === true) {
        io.out.write(`${JSON.stringify(entries, null, 2)}\n`);
        return;
      }
      const byProject = Map.groupBy(entries, ({ project }) => project);
      for (const [project, kinds] of byProject) {
        io.out.write(`${project}\n`);
        for (const [apiVersion, group] of Map.groupBy(kinds, (entry) => entry.apiVersion)) {
          io.out.write(`  ${apiVersion}: ${group.map(({ kind }) => kind).join(", ")}\n`);
        }
      }
      io.out.write(`${entries.length} kinds of ${byProject.size} projects\n`);
    });
  return schemas;
}
