/**
 * How long `idstack-sops` takes against sops itself, as scripts start them: one process for each file. Both packages are
 * built first, as they are published; from its sources the program takes many times longer.
 *
 *     node --conditions=@idstack/source bench/sops-start.bench.ts
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encrypt, generateIdentity } from "@idstack/sops";
import { programPath } from "@idstack/tool-real";

const ROUNDS = 15;
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), "sops-start-"));
const { identity, recipient } = await generateIdentity();
const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: identity, SOPS_DISABLE_VERSION_CHECK: "1" };
const options = { recipients: [recipient], encryptedRegex: "^stringData$" };
writeFileSync(join(folder, "s.yaml"), await encrypt({ kind: "Secret", stringData: { password: "hunter2" } }, options));

for (const name of ["sops", "cli"]) {
  const tsup = join(here, "../../../node_modules/.bin/tsup");
  const { status, stderr } = spawnSync(tsup, { cwd: join(here, "../..", name), encoding: "utf8" });
  if (status !== 0) throw new Error(`packages/${name} cannot be built: ${stderr}`);
}

const programs = {
  node: [process.execPath, "-e"],
  "idstack-sops": [process.execPath, join(here, "../dist/sops-bin.js")],
  sops: [await programPath("sops")],
};

/** Milliseconds. The programs take turns, so that a busy machine is busy for all; the best round has the least of others. */
function best(args: readonly string[]): Readonly<Record<string, number>> {
  const times: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, [program = "", ...first]] of Object.entries(programs)) {
      const start = performance.now();
      const { status } = spawnSync(program, [...first, ...(name === "node" ? ["0"] : args)], { cwd: folder, env });
      if (status !== 0) throw new Error(`${name} ${args.join(" ")} ends with ${status}`);
      times[name] = Math.min(times[name] ?? Number.POSITIVE_INFINITY, performance.now() - start);
    }
  }
  return times;
}

for (const args of [["--version"], ["decrypt", "s.yaml"], ["encrypt", "--age", recipient, "plain.yaml"]]) {
  if (args[0] === "encrypt") writeFileSync(join(folder, "plain.yaml"), "password: hunter2\n");
  const { node = 0, "idstack-sops": ours = 0, sops = 0 } = best(args);
  const shown = [node, ours, sops].map((time) => time.toFixed(0).padStart(5));
  console.log(
    `${(args[0] ?? "").padEnd(10)} node alone ${shown[0]} ms  idstack-sops ${shown[1]} ms  sops ${shown[2]} ms  ratio ${(ours / sops).toFixed(1)}`,
  );
}
rmSync(folder, { recursive: true, force: true });
