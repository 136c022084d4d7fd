import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../src/index.ts";
import { exceptions } from "./kubernetes-models.exceptions.ts";

// Compiles `ours → theirs` and `theirs → ours` for every kind both have, and compares what fails with the exceptions.
const PACKAGES: Readonly<Record<string, string>> = {
  kubernetes: "kubernetes-models",
  ...Object.fromEntries(
    ["argo-cd", "cert-manager", "cilium", "cloudnative-pg", "external-secrets", "gateway-api", "traefik"].map(
      (project) => [project, `@kubernetes-models/${project}`],
    ),
  ),
};
const folder = new URL("../.report/kubernetes-models/", import.meta.url);
const tsc = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));

const pairs = catalog.flatMap(({ apiVersion, kind, project }) => {
  const theirs = `${PACKAGES[project]}/${apiVersion}/${kind}`;
  const exists = existsSync(new URL(`../node_modules/${theirs}.d.ts`, import.meta.url));
  return exists ? [{ apiVersion, kind, theirs }] : [];
});

/** One line per assignment, so that an error's line number says which one it is about. */
const assignments = pairs.flatMap(({ apiVersion, kind, theirs }, n) => {
  const types = `import type { ${kind} as Ours${n} } from "@idstack/schemas/${apiVersion}"; import type { I${kind} as Data${n}, ${kind} as Model${n} } from "${theirs}";`;
  return [
    { name: `${apiVersion} ${kind} to`, text: `${types} export const to${n} = (x: Ours${n}): Data${n} => x;` },
    { name: `${apiVersion} ${kind} from`, text: `export const from${n} = (x: Data${n}): Ours${n} => x;` },
    { name: `${apiVersion} ${kind} from class`, text: `export const model${n} = (x: Model${n}): Ours${n} => x;` },
  ];
});

const failed = new Map<string, string>();

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL("pairs.ts", folder), assignments.map(({ text }) => `${text}\n`).join(""));
  const tsconfig = { extends: "../../tsconfig.json", include: ["pairs.ts"] };
  writeFileSync(new URL("tsconfig.json", folder), JSON.stringify(tsconfig));
  for (const [, line, message] of output().matchAll(/^pairs\.ts\((\d+),\d+\): error ([^\n]*(?:\n +[^\n]*)*)/gm)) {
    const name = assignments[Number(line) - 1]?.name ?? `line ${line}`;
    failed.set(name, String(message).split("\n").at(-1)?.trim() ?? "");
  }
});

function output(): string {
  try {
    return execFileSync(tsc, ["-p", "tsconfig.json", "--pretty", "false"], { cwd: folder, encoding: "utf8" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test("there are kinds to compare in every package", () => {
  expect(pairs.length).toBeGreaterThan(120);
  const packages = pairs.map(({ apiVersion, kind, theirs }) => theirs.slice(0, -`/${apiVersion}/${kind}`.length));
  expect(new Set(packages)).toEqual(new Set(Object.values(PACKAGES)));
});

describe("every kind is assignable both ways but for the exceptions", () => {
  test("no assignment fails that is not listed", () => {
    const known = new Set(Object.values(exceptions).flatMap(({ assignments }) => assignments));
    const isKnown = (name: string) => known.has(name.replace(/ class$/, ""));
    expect([...failed].filter(([name]) => !isKnown(name))).toEqual([]);
  });

  test.each(Object.entries(exceptions))("%s", (_, { message, assignments }) => {
    for (const name of assignments) expect(failed.get(name), name).toMatch(message);
  });
});

test("the README names the number of kinds and every exception", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`all ${pairs.length} kinds`);
  const excepted = Object.values(exceptions).flatMap(({ assignments }) =>
    assignments.map((name) => name.split(" ")[1]),
  );
  expect(excepted.filter((kind) => !readme.includes(`\`${kind}\``))).toEqual([]);
});
