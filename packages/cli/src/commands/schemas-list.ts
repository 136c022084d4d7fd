import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import type { Finish } from "../internal/program.ts";
import type { ListedProject } from "../internal/schemas/list-projects.ts";
import type { Io } from "../io.ts";

/** `idstack schemas list`: every project with its recorded version and its kinds. */
export function schemasListCommand(io: Io, finish: Finish): Command {
  return new Command("list")
    .description("lists projects with their recorded versions, group versions and kinds")
    .argument("[filter]", "part of a project, API group or kind")
    .option("--json", "print one JSON document")
    .addHelpText("after", help)
    .action(async (filter: string | undefined, { json = false }: { readonly json?: boolean }) => {
      const { listProjects, projectsText } = await import("../internal/schemas/list-projects.ts");
      const all = await listProjects(io.cwd);
      const wanted = filter?.toLowerCase() ?? "";
      const matches = (text: string): boolean => text.toLowerCase().includes(wanted);
      const found = all.flatMap((project): ListedProject[] => {
        const kinds = project.kinds.filter(({ apiVersion, kind }) => [project.name, apiVersion, kind].some(matches));
        return kinds.length === 0 ? [] : [{ ...project, kinds }];
      });
      if (json) io.out.write(`${JSON.stringify(found, null, 2)}\n`);
      else if (found.length > 0) io.out.write(projectsText(found));
      if (found.length > 0) return;
      finish(exitCodes.findings);
      if (json) return;
      const { closest } = await import("@idstack/manifests");
      const names = all.flatMap(({ name, kinds }) => [
        name,
        ...kinds.flatMap(({ apiVersion, kind }) => [apiVersion, kind]),
      ]);
      const near = closest(filter ?? "", new Set(names));
      io.err.write(`idstack: no kind matches ${filter}${near === undefined ? "" : `. Did you mean ${near}?`}\n`);
    });
}

const help = `
Examples:
  idstack schemas list
  idstack schemas list cert-manager
  idstack schemas list --json

Kinds of .idstack/schemas (see idstack schemas add) are listed too; they count in place of recorded ones.

Exit status: 0 listed, 1 nothing matches, 2 wrong usage, 3 another failure.
`;
