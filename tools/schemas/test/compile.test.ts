import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { generatedFiles } from "../src/output.ts";

const binary = (folder: string) => fileURLToPath(new URL(`${folder}/node_modules/.bin/tsc`, import.meta.url));
/** The compiler of the workspace, and the older one this folder has to check that both read the types. */
const compilers = { "TypeScript 7": binary("../../.."), "TypeScript 5.9": binary("..") };

/** Errors of a compiler about some files of `packages/schemas`, nothing skipped. */
function errors(compiler: string, files: readonly string[]): string {
  const folder = new URL("../.report/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const project = fileURLToPath(new URL("tsconfig.compile.json", folder));
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  };
  writeFileSync(project, JSON.stringify({ compilerOptions, files }));
  try {
    return execFileSync(compiler, ["-p", project, "--pretty", "false"], { encoding: "utf8" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const types = [...generatedFiles().keys()].filter((path) => path.endsWith(".d.ts"));
const paths = types.map((path) => fileURLToPath(new URL(`../../../packages/schemas/${path}`, import.meta.url)));

for (const [name, compiler] of Object.entries(compilers)) {
  test(`every type file compiles with ${name}`, () => {
    expect(paths.length).toBe(59);
    expect(errors(compiler, paths)).toBe("");
  });

  test(`${name} would notice a broken one`, () => {
    const broken = fileURLToPath(new URL("../.report/broken.d.ts", import.meta.url));
    writeFileSync(broken, "export interface A { a: Missing }\n");
    expect(errors(compiler, [broken])).toContain("Cannot find name 'Missing'");
  });
}
