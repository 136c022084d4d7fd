import { existsSync, readFileSync } from "node:fs";
import type { Recording } from "@idstack/schemas/compile";
import { type Kubernetes, loadCrds, recordEvidence, startKubernetes } from "@idstack/tool-real";
import { afterAll, beforeAll, expect, test } from "vitest";
import { differences } from "../src/differences.ts";
import { PACKAGE } from "../src/generate.ts";
import { generatedFiles, OPENAPI } from "../src/output.ts";
import { PROJECTS, projectsFile, readProjects, recordProjects } from "../src/projects.ts";
import { recordServer } from "../src/record.ts";
import { readRecordings } from "../src/recording.ts";

const HOW = "Run pnpm schemas:update if the server is right.";
const MOST = 40;
const committed = readRecordings(OPENAPI);
let kubernetes: Kubernetes;
let served: Recording[];
let mismatches = 0;

beforeAll(async () => {
  kubernetes = await startKubernetes();
  served = await recordServer(kubernetes);
});
afterAll(() => kubernetes?.close());

const byGroupVersion = (recordings: readonly Recording[]) =>
  Object.fromEntries(recordings.map(({ groupVersion, ...recording }) => [groupVersion, recording]));

test("the checked-in recordings are what the API server serves", () => {
  const found = differences(byGroupVersion(committed), byGroupVersion(served));
  mismatches += found.length;
  expect(found.slice(0, MOST), HOW).toEqual([]);
});

test("projects.json names the version of the server and of every definition", async () => {
  const { body } = await kubernetes.request("GET", "/version");
  const version = (body as { gitVersion: string }).gitVersion.replace(/^v/, "");
  const before = readProjects();
  const now = recordProjects(version, await loadCrds(), { before, today: "another version than recorded" });
  expect(differences(before, now), HOW).toEqual([]);
  expect(readFileSync(PROJECTS, "utf8")).toBe(projectsFile(now));
});

test("the generated types and schemas are made from what the API server serves", () => {
  const files = [...generatedFiles(served)].map(([path, text]) => {
    const file = new URL(path, PACKAGE);
    if (!existsSync(file)) return [path, ["is missing"]] as const;
    const before = readFileSync(file, "utf8");
    return [path, before === text ? [] : lineDifferences(before, text)] as const;
  });
  const stale = files.filter(([, found]) => found.length > 0);
  mismatches += stale.length;
  expect(Object.fromEntries(stale.slice(0, MOST)), HOW).toEqual({});
});

/** The first lines that differ; of JSON, the places. */
function lineDifferences(before: string, after: string): string[] {
  if (after.startsWith("{")) return differences(JSON.parse(before), JSON.parse(after)).slice(0, 5);
  const lines = (text: string) => Object.fromEntries(text.split("\n").entries());
  return differences(lines(before), lines(after)).slice(0, 5);
}

test("is evidence", async () => {
  const kinds = served.reduce((sum, { resources }) => sum + Object.keys(resources).length, 0);
  const schemas = served.reduce((sum, { components }) => sum + Object.keys(components.schemas).length, 0);
  expect(kinds).toBeGreaterThan(200);
  const proves = `@idstack/schemas says what it serves (${kinds} kinds)`;
  await recordEvidence({ component: "kubernetes", proves, checked: schemas, unit: "schemas", mismatches });
});
