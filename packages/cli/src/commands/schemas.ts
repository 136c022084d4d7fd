import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import type { Finish } from "../internal/program.ts";
import type { Io } from "../io.ts";

/** `idstack schemas list`: the kinds that objects are validated against, with the project they come from. */
export function schemasCommand(io: Io, finish: Finish): Command {
  const list = new Command("list")
    .description("lists kinds by project")
    .argument("[filter]", "part of a project, API group or kind")
    .option("--json", "print one JSON document")
    .addHelpText("after", help)
    .action(async (filter: string | undefined, { json = false }: { readonly json?: boolean }) => {
      const { catalog } = await import("@idstack/schemas");
      const wanted = filter?.toLowerCase() ?? "";
      const entries = catalog.filter(({ project, apiVersion, kind }) =>
        [project, apiVersion, kind].some((text) => text.toLowerCase().includes(wanted)),
      );
      if (json) io.out.write(`${JSON.stringify(entries, null, 2)}\n`);
      else if (entries.length > 0) io.out.write(text(entries));
      if (entries.length > 0) return;
      finish(exitCodes.findings);
      if (json) return;
      const { closest } = await import("@idstack/manifests");
      const names = catalog.flatMap(({ project, apiVersion, kind }) => [project, apiVersion, kind]);
      const near = closest(filter ?? "", [...new Set(names)]);
      io.err.write(`idstack: no kind matches ${filter}${near === undefined ? "" : `. Did you mean ${near}?`}\n`);
    });
  return new Command("schemas")
    .description("what Kubernetes objects are validated against")
    .addCommand(list)
    .addHelpText("after", help);
}

interface Entry {
  readonly project: string;
  readonly apiVersion: string;
  readonly kind: string;
}

function text(entries: readonly Entry[]): string {
  const byProject = Map.groupBy(entries, ({ project }) => project);
  const lines = [...byProject].flatMap(([project, kinds]) => [
    project,
    ...[...Map.groupBy(kinds, ({ apiVersion }) => apiVersion)].map(
      ([apiVersion, group]) => `  ${apiVersion}: ${group.map(({ kind }) => kind).join(", ")}`,
    ),
  ]);
  const kinds = `${entries.length} kind${entries.length === 1 ? "" : "s"}`;
  return `${lines.join("\n")}\n${kinds} of ${byProject.size} project${byProject.size === 1 ? "" : "s"}\n`;
}

const help = `
Examples:
  idstack schemas list
  idstack schemas list cert-manager
  idstack schemas list --json

Exit status: 0 listed, 1 nothing matches, 2 wrong usage, 3 another failure.
`;
