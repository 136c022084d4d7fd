import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { catalog } from "../src/index.ts";

const root = new URL("../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
  files: string[];
  exports: Record<string, unknown>;
};

function filesIn(folder: string): URL[] {
  return readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => new URL(`file://${entry.parentPath}/${entry.name}`));
}

test("the published files are at most 5 MB, and none of them is a source", () => {
  expect(manifest.files).toEqual(["dist", "types", "data"]);
  // dist holds what src does, once more as declarations and source maps: far below the tolerance.
  const bytes = ["types", "data", "src"].flatMap(filesIn).reduce((sum, file) => sum + statSync(file).size, 0);
  expect(bytes).toBeGreaterThan(500_000);
  expect(bytes).toBeLessThan(4_900_000);
});

test("Node resolves the package and its type subpaths from source, and the latter export nothing", () => {
  const script = `
    import { loadGroupVersion } from "@idstack/schemas";
    import * as types from "@idstack/schemas/apps/v1";
    console.log(loadGroupVersion("apps/v1").kinds.Deployment.plural, Object.keys(types).length);`;
  const options = ["--conditions=@idstack/source", "--input-type=module", "--eval", script];
  expect(execFileSync(process.execPath, options, { cwd: fileURLToPath(root), encoding: "utf8" })).toBe(
    "deployments 0\n",
  );
});

test("every group version has a types file behind its subpath", () => {
  const published = new Set(filesIn("types").map(({ href }) => href.slice(new URL("types/", root).href.length)));
  expect(manifest.exports["./*"]).toEqual({ types: "./types/*.d.ts", default: "./types/none.js" });
  for (const { apiVersion } of catalog) expect(published.has(`${apiVersion}.d.ts`), apiVersion).toBe(true);
});

test("every kind is exported by its name with its apiVersion and kind", () => {
  for (const { apiVersion, kind } of catalog) {
    const text = readFileSync(new URL(`types/${apiVersion}.d.ts`, root), "utf8");
    const head = `export interface ${kind} {\n  apiVersion: "${apiVersion}";\n  kind: "${kind}";\n`;
    expect(text.includes(head), `${apiVersion} ${kind}`).toBe(true);
  }
});

test("the type tests compile", () => {
  const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", root));
  expect(compile(tsc)).toBe("");
});

function compile(tsc: string): string {
  try {
    return execFileSync(tsc, ["-p", "tsconfig.json", "--pretty", "false"], {
      cwd: fileURLToPath(root),
      encoding: "utf8",
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
