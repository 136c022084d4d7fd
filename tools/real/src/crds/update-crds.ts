import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { committedCrds, loadCrds, type ProjectCrd } from "./load-crds.ts";
import { stripDescriptions } from "./strip-descriptions.ts";

/**
 * Rewrites `tools/real/crds` from original files: one folder per project, one minified file per definition, and an
 * index. Where the originals come with an INDEX.md, what it says about their origin is carried over.
 */
export async function updateCrds(from: string, to = committedCrds): Promise<{ crds: number; bytes: number }> {
  const crds = await loadCrds(from);
  if (crds.length === 0) throw new TypeError(`There is no CustomResourceDefinition below ${from}`);
  const origins = readOrigins(await readFile(join(from, "INDEX.md"), "utf8").catch(() => ""));
  await rm(to, { recursive: true, force: true });
  let bytes = 0;
  for (const { project, crd } of crds) {
    const text = JSON.stringify(stripDescriptions({ ...crd }));
    bytes += Buffer.byteLength(text);
    await mkdir(join(to, project), { recursive: true });
    await writeFile(join(to, project, `${crd.metadata.name}.min.json`), text);
  }
  await writeFile(join(to, "INDEX.md"), renderIndex(crds, origins));
  return { crds: crds.length, bytes };
}

/** Path, commit and date in the project's repository. */
type Origin = readonly [path: string, commit: string, date: string];

function readOrigins(index: string): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const line of index.split("\n")) {
    const [, name, , , path, commit, date] = line
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => cell.trim());
    if (name?.includes(".") && path && commit && date) origins.set(name, [path, commit, date]);
  }
  return origins;
}

function renderIndex(crds: readonly ProjectCrd[], origins: ReadonlyMap<string, Origin>): string {
  const rows = [...crds]
    .sort(
      (left, right) => compare(left.project, right.project) || compare(left.crd.metadata.name, right.crd.metadata.name),
    )
    .map(({ project, crd }) => {
      const { names, versions } = crd.spec;
      const list = versions
        .map((version) => (version.served ? version.name : `${version.name} (not served)`))
        .join(", ");
      return [project, crd.metadata.name, names.kind, list, ...(origins.get(crd.metadata.name) ?? ["", "", ""])];
    });
  return [
    "# CustomResourceDefinitions of the test API server",
    "",
    "Originals of the projects without descriptions, minified; written by `pnpm real crds:update <dir>`.",
    "",
    "| project | definition | kind | versions | path in its repository | commit | date |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
  ].join("\n");
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
