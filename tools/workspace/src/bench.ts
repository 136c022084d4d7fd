import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename } from "node:path";

/** Runs every bench/*.bench.ts of the package in the working directory, one after the other. */
for (const file of globSync("bench/*.bench.ts").sort()) {
  process.stdout.write(`\n${basename(process.cwd())}/${file}\n`);
  const { status } = spawnSync(process.execPath, ["--conditions=@idstack/source", file], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
