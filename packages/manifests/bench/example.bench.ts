/**
 * What validating the identity stack adds to `pnpm start`: from loading the first schema to the last verdict, in a
 * process that has everything imported. The limit is 100 ms.
 *
 *     node --conditions=@idstack/source bench/example.bench.ts
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { readTree, validate } from "../src/index.ts";

const limitMs = 100;
const rounds = 5;

if (process.argv[2] === "once") {
  const { documents } = await readTree(join(import.meta.dirname, "../../../examples/identity-stack/rendered"));
  const began = performance.now();
  const diagnostics = validate(documents);
  const ms = performance.now() - began;
  process.stdout.write(JSON.stringify({ ms, objects: documents.length, diagnostics: diagnostics.length }));
} else {
  const runs = Array.from({ length: rounds }, () => {
    const args = ["--conditions=@idstack/source", import.meta.filename, "once"];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as { ms: number; objects: number; diagnostics: number };
  });
  const { ms, objects, diagnostics } = runs.toSorted((a, b) => a.ms - b.ms)[Math.floor(rounds / 2)] ?? {};
  if (ms === undefined) throw new Error("nothing was measured");
  console.log(
    `${objects} objects, ${diagnostics} diagnostics: ${ms.toFixed(0)} ms, ${(ms / limitMs).toFixed(2)} of the limit`,
  );
}
