import { readdirSync, readFileSync } from "node:fs";
import type { CatalogEntry } from "@idstack/schemas";
import { describe, expect, test } from "vitest";
import { generatedFiles, OPENAPI } from "../src/output.ts";
import { readRecordings } from "../src/recording.ts";

const packageFolder = new URL("../../../packages/schemas/", import.meta.url);
const files = generatedFiles();
const recordings = readRecordings(OPENAPI);

test("the committed files are what the generator writes today", () => {
  const committed = ["data", "types"].flatMap((folder) =>
    readdirSync(new URL(folder, packageFolder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(packageFolder.pathname.length)),
  );
  expect(committed.sort()).toEqual([...files.keys()].sort());
  const stale = [...files].filter(([path, text]) => readFileSync(new URL(path, packageFolder), "utf8") !== text);
  expect(stale.map(([path]) => path)).toEqual([]);
});

test("every recorded group version has types and data", () => {
  expect(recordings).toHaveLength(56);
  for (const { groupVersion } of recordings) {
    expect(files.has(`types/${groupVersion}.d.ts`), groupVersion).toBe(true);
    expect(files.has(`data/${groupVersion.replace("/", "_")}.json`), groupVersion).toBe(true);
  }
});

describe("catalog", () => {
  const { kinds } = JSON.parse(files.get("data/catalog.json") ?? "") as { kinds: CatalogEntry[] };
  const listed = new Set(kinds.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));

  test("has every recorded resource", () => {
    const missing = recordings
      .flatMap(({ groupVersion, resources }) => Object.keys(resources).map((kind) => `${groupVersion} ${kind}`))
      .filter((entry) => !listed.has(entry));
    expect(missing).toEqual([]);
  });

  test("knows the owner of every custom resource definition, and no other", () => {
    const projects = JSON.parse(readFileSync(new URL("../projects.json", import.meta.url), "utf8")) as {
      projects: { name: string; crds: string[] }[];
    };
    expect(projects.projects).toHaveLength(22);
    for (const { name, crds } of projects.projects) {
      const owned = kinds.filter(({ project }) => project === name).map(({ plural, group }) => `${plural}.${group}`);
      expect([...new Set(owned)].sort(), name).toEqual(crds);
    }
  });
});
