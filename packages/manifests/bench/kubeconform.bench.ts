/**
 * Compares with kubeconform as whole processes over one tree of YAML files: the example's manifests, checked strictly
 * against the same schemas, and again the same manifests many times over, so that start-up and the cost of an object
 * come apart. Both have to accept the tree and to find one misspelt field in it.
 *
 *     pnpm real install kubeconform && pnpm build && node --conditions=@idstack/source bench/kubeconform.bench.ts
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { programPath, RealError } from "@idstack/tool-real";
import { readTree, stringify } from "../src/index.ts";
import { writeKubeconformSchemas } from "./kubeconform-schemas.ts";

const copies = 25;
const rounds = 7;

interface Engine {
  readonly name: string;
  readonly command: readonly string[];
}

async function report(directory: string): Promise<void> {
  const schemas = join(directory, "schemas");
  writeKubeconformSchemas(schemas);
  const location = `${schemas}/{{.Group}}_{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`;
  const checkTree = join(import.meta.dirname, "check-tree.mjs");
  // As it is installed, if it is built; reading the sources costs Node about 0.2 s more.
  const conditions = existsSync(join(import.meta.dirname, "../dist/index.js")) ? [] : ["--conditions=@idstack/source"];
  const engines: readonly Engine[] = [
    { name: "idstack", command: [process.execPath, ...conditions, checkTree] },
    { name: "kubeconform", command: [await programPath("kubeconform"), "-schema-location", location] },
  ];

  const one = join(directory, "one");
  const objects = await writeExample(join(one, "0"));
  const many = join(directory, "many");
  for (let copy = 0; copy < copies; copy++) cpSync(join(one, "0"), join(many, String(copy)), { recursive: true });
  const misspelt = join(directory, "misspelt");
  cpSync(one, misspelt, { recursive: true });
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "a", namespace: "a" }, spec: { prots: [] } };
  writeFileSync(join(misspelt, "service.yaml"), stringify(service));

  const rows = engines.map((engine) => {
    if (run(engine, misspelt).status === 0) throw new Error(`${engine.name} accepts a misspelt field`);
    const [few, lots] = [fastest(engine, one), fastest(engine, many)];
    const perSecond = (objects * (copies - 1)) / ((lots - few) / 1000);
    return { name: engine.name, few, lots, perSecond };
  });
  const ours = rows.find(({ name }) => name === "idstack");
  const from = conditions.length === 0 ? "built" : "from source";
  console.log(`${objects} objects, and ${objects * copies}, ${from}; whole processes, fastest of ${rounds}`);
  for (const { name, few, lots, perSecond } of rows) {
    const ratio = (value: number, of = 1) => `(${(value / of).toFixed(2)}×)`;
    console.log(
      `  ${name.padEnd(12)} ${few.toFixed(0)} ms ${ratio(few, ours?.few)}   ${lots.toFixed(0)} ms ${ratio(lots, ours?.lots)}   ` +
        `${perSecond.toFixed(0)} further objects/s ${ratio(perSecond, ours?.perSecond)}`,
    );
  }
}

/** The example's manifests, without those that are encrypted: no schema knows the `sops` block. */
async function writeExample(target: string): Promise<number> {
  const { documents } = await readTree(join(import.meta.dirname, "../../../examples/identity-stack/rendered"));
  const plain = documents.filter(({ encrypted, file }) => !encrypted && file?.includes("/_") !== true);
  mkdirSync(target, { recursive: true });
  for (const [index, { object }] of plain.entries()) writeFileSync(join(target, `${index}.yaml`), stringify(object));
  return plain.length;
}

function run({ command }: Engine, tree: string): ReturnType<typeof spawnSync> {
  const [program = "", ...args] = command;
  return spawnSync(program, [...args, tree], { encoding: "utf8" });
}

function fastest(engine: Engine, tree: string): number {
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now();
    const { status, stdout, stderr } = run(engine, tree);
    if (status !== 0) throw new Error(`${engine.name} refuses the example:\n${stdout}${stderr}`);
    return performance.now() - began;
  });
  return Math.min(...times);
}

const directory = mkdtempSync(join(tmpdir(), "bench-kubeconform-"));
try {
  await report(directory);
} catch (error) {
  if (!(error instanceof RealError && error.code === "not-installed")) throw error;
  console.log(error.message);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
