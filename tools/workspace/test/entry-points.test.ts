import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { entryPoints } from "../src/entry-points.ts";
import { mustRun } from "../src/run.ts";
import { packedFiles } from "../src/tarball.ts";
import type { PackageManifest } from "../src/workspace.ts";

const manifest = (exports: PackageManifest["exports"]) => ({ name: "a", version: "1.0.0", exports }) as PackageManifest;

it("lists every subpath, and of a pattern one for each packed file", () => {
  const target = { types: "./types/*.d.ts", default: "./types/none.js" };
  const files = ["types/v1.d.ts", "types/apps/v1.d.ts", "types/none.js", "dist/index.d.ts"];
  expect(
    entryPoints(manifest({ "./*": target, ".": "./dist/index.js", "./package.json": "./package.json" }), files),
  ).toEqual([".", "./apps/v1", "./v1"]);
});

it("does not pass over a pattern without types", () => {
  expect(() => entryPoints(manifest({ "./*": { default: "./*.js" } }), [])).toThrow("the pattern ./* has no types");
});

it("reads the files of an npm tarball, long paths too", () => {
  const directory = mkdtempSync(join(tmpdir(), "idstack-tarball-"));
  try {
    const long = `${"a-rather-long-name-".repeat(6)}.txt`;
    writeFileSync(join(directory, "package.json"), '{ "name": "a", "version": "1.0.0" }');
    writeFileSync(join(directory, "b.txt"), "x".repeat(1500));
    writeFileSync(join(directory, long), "y");
    mustRun("npm", ["pack", "--silent"], { cwd: directory });
    const files = packedFiles(join(directory, "a-1.0.0.tgz"));
    expect(files.map(({ path, bytes }) => [path, bytes]).sort()).toEqual(
      [
        [long, 1],
        ["b.txt", 1500],
        ["package.json", 35],
      ].sort(),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
