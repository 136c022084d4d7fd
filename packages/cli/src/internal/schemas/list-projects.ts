import { readSchemas, schemasFolder } from "@idstack/manifests";
import { catalog, type Project, projects } from "@idstack/schemas";

/** A project, or the repository's own definitions, with what it defines. */
export interface ListedProject extends Partial<Project> {
  readonly name: string;
  readonly kinds: readonly ListedKind[];
}

export interface ListedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly plural: string;
}

/** What objects are validated against in a folder: the recorded projects, and then the repository's own definitions. */
export async function listProjects(folder: string): Promise<ListedProject[]> {
  const own = await readSchemas(folder);
  const replaced = new Set(own.catalog.map(({ group, kind }) => `${group}/${kind}`));
  const counting = catalog.filter(({ group, kind }) => !replaced.has(`${group}/${kind}`));
  const listed = (entries: typeof catalog): ListedKind[] =>
    entries.map(({ apiVersion, kind, namespaced, plural }) => ({ apiVersion, kind, namespaced, plural }));
  const recorded = projects.map((project) => ({
    ...project,
    kinds: listed(counting.filter((entry) => entry.project === project.name)),
  }));
  return [...recorded, { name: schemasFolder, kinds: listed(own.catalog) }];
}

/** What `idstack schemas list` prints. */
export function projectsText(found: readonly ListedProject[]): string {
  const lines = found.flatMap(({ kinds, ...project }) => [
    titleOf(project),
    ...[...Map.groupBy(kinds, ({ apiVersion }) => apiVersion)].map(
      ([apiVersion, group]) => `  ${apiVersion}: ${group.map(({ kind }) => kind).join(", ")}`,
    ),
  ]);
  const kinds = found.reduce((sum, project) => sum + project.kinds.length, 0);
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return `${lines.join("\n")}\n${count(kinds, "kind")} of ${count(found.length, "project")}\n`;
}

/** `cilium 4df675e3c5 (2026-08-17)`: the version, or the commit, and the day it was taken. */
function titleOf({ name, version, commit, date }: Omit<ListedProject, "kinds">): string {
  if (date === undefined) return `${name} (your own)`;
  return [name, version ?? commit, `(${date})`].filter((part) => part !== undefined).join(" ");
}
