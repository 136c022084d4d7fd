import { pack } from "./pack.ts";
import { mustRun } from "./run.ts";
import { workspacePackages } from "./workspace.ts";

/** Lints the tarball of the package in the working directory: what npm users would get, not what lies in the checkout. */
const directory = process.cwd();
const found = workspacePackages().find((candidate) => candidate.directory === directory);
if (found === undefined) throw new Error(`${directory} is no package of this workspace`);
const tarball = pack(found);
process.stdout.write(mustRun("publint", ["run", tarball, "--strict"], { cwd: directory }));
mustRun("attw", [tarball, "--profile", "esm-only"], { cwd: directory });
process.stdout.write(`${found.manifest.name}: publint and attw pass on the tarball\n`);
