import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entryPoints } from "./entry-points.ts";
import { pack } from "./pack.ts";
import { mustRun } from "./run.ts";
import { packedFiles } from "./tarball.ts";
import { type PackageManifest, workspacePackages } from "./workspace.ts";

/** Lints the tarball of the package in the working directory: what npm users would get, not what lies in the checkout. */
const MOST_BYTES = 5_000_000;

const directory = process.cwd();
const found = workspacePackages().find((candidate) => candidate.directory === directory);
if (found === undefined) throw new Error(`${directory} is no package of this workspace`);
const { name } = found.manifest;
const tarball = pack(found);
process.stdout.write(mustRun("publint", ["run", tarball, "--strict"], { cwd: directory }));

const files = packedFiles(tarball);
const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
if (bytes > MOST_BYTES)
  throw new Error(`${name} is ${megabytes(bytes)} unpacked, at most ${megabytes(MOST_BYTES)} may it be`);

// attw finds no subpath behind a pattern, and reads an option's list up to the next option.
const published = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as PackageManifest;
const paths = entryPoints(
  published,
  files.map(({ path }) => path),
);
mustRun("attw", [tarball, "--profile", "esm-only", "--entrypoints", ...paths], { cwd: directory, timeout: 600_000 });
const subpaths = paths.length === 1 ? "its entry point" : `all ${paths.length} entry points`;
process.stdout.write(`${name}: publint passes on the tarball and attw on ${subpaths}; ${megabytes(bytes)} unpacked\n`);

function megabytes(value: number): string {
  return `${(value / 1e6).toFixed(1)} MB`;
}
