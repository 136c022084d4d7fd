/**
 * Compares `validate` with two maintained JSON Schema validators on the same schemas, and with `.validate()` of
 * kubernetes-models on its own: start-up (import, compiling one kind, first object), time per object once warm, and
 * install size. Each figure comes from a fresh process.
 *
 *     node --conditions=@idstack/source bench/validate.bench.ts
 */
import { spawnSync } from "node:child_process";
import { readdirSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Schema } from "@cfworker/json-schema";
import { loadGroupVersion } from "@idstack/schemas";
import type { KubeObject } from "../src/index.ts";
import { samples } from "./samples.ts";

type Check = (object: KubeObject) => boolean;
/** Prepares the check of one kind. */
type Engine = () => Promise<(apiVersion: string, kind: string) => Check | Promise<Check>>;

/** kubernetes-models and its packages for custom resources. */
const modelsOf: Readonly<Record<string, string>> = {
  "argoproj.io/v1alpha1": "@kubernetes-models/argo-cd",
  "cilium.io/v2": "@kubernetes-models/cilium",
};

interface Model {
  validate(): void;
}

function schemaOf(apiVersion: string, kind: string): object {
  const schemas = loadGroupVersion(apiVersion);
  return { ...schemas?.kinds[kind]?.schema, definitions: schemas?.definitions };
}

const engines: Readonly<Record<string, Engine>> = {
  idstack: async () => {
    const { validate } = await import("../src/validate/validate.ts");
    return () => (object) => validate([object]).length === 0;
  },
  ajv: async () => {
    const { Ajv } = await import("ajv");
    return (apiVersion, kind) => {
      const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
      const check = ajv.compile(schemaOf(apiVersion, kind));
      return (object) => check(object) === true;
    };
  },
  cfworker: async () => {
    const { Validator } = await import("@cfworker/json-schema");
    return (apiVersion, kind) => {
      const validator = new Validator(schemaOf(apiVersion, kind) as Schema, "2020-12", false);
      return (object) => validator.validate(object).valid;
    };
  },
  "kubernetes-models": async () => async (apiVersion, kind) => {
    const from = `${modelsOf[apiVersion] ?? "kubernetes-models"}/${apiVersion}/${kind}`;
    const module = (await import(from)) as Readonly<Record<string, new (object: KubeObject) => Model>>;
    const Class = module[kind];
    if (Class === undefined) throw new Error(`${from} has no class ${kind}`);
    return (object) => {
      new Class(object).validate();
      return true;
    };
  },
};

interface Figures {
  readonly importMs: number;
  readonly readyMs: number;
  readonly perObjectUs: number;
}

async function measure(engine: string, kind: string): Promise<Figures> {
  const sample = samples.find((object) => object.kind === kind);
  const start = engines[engine];
  if (sample === undefined || start === undefined) throw new Error(`unknown: ${engine} ${kind}`);
  const began = performance.now();
  const prepare = await start();
  const imported = performance.now();
  const check = await prepare(sample.apiVersion, sample.kind);
  if (!check(sample)) throw new Error(`${engine} refuses the sample ${kind}`);
  const ready = performance.now();
  const objects = Array.from({ length: 3000 }, () => structuredClone(sample));
  for (const object of objects.slice(0, 1000)) check(object);
  const warm = performance.now();
  for (const object of objects) check(object);
  const perObjectUs = ((performance.now() - warm) / objects.length) * 1000;
  return { importMs: imported - began, readyMs: ready - imported, perObjectUs };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function inFreshProcess(engine: string, kind: string): Figures {
  const runs = Array.from({ length: 5 }, () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--conditions=@idstack/source", import.meta.filename, engine, kind],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Figures;
  });
  const of = (key: keyof Figures) => median(runs.map((run) => run[key]));
  return { importMs: of("importMs"), readyMs: of("readyMs"), perObjectUs: of("perObjectUs") };
}

/** Bytes a package and its dependencies take on disk. */
function installSize(name: string, from: string, seen = new Set<string>()): number {
  const require = createRequire(join(from, "package.json"));
  const folder = packageFolder(require.resolve(name), name);
  if (seen.has(folder)) return 0;
  seen.add(folder);
  const { dependencies = {} } = require(join(folder, "package.json")) as { dependencies?: Record<string, string> };
  const own = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(`${folder}/node_modules`))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return Object.keys(dependencies).reduce((sum, dependency) => sum + installSize(dependency, folder, seen), own);
}

function packageFolder(file: string, name: string): string {
  let folder = dirname(realpathSync(file));
  while (!folder.endsWith(`/node_modules/${name}`)) folder = dirname(folder);
  return folder;
}

function report(): void {
  const names = Object.keys(engines);
  for (const { kind } of samples) {
    const rows = names.map((name) => ({ name, ...inFreshProcess(name, kind) }));
    const ours = rows.find(({ name }) => name === "idstack");
    console.log(`\n${kind}`);
    for (const row of rows) {
      const ready = `${row.readyMs.toFixed(1)} ms (${(row.readyMs / (ours?.readyMs ?? 1)).toFixed(1)}×)`;
      const each = `${row.perObjectUs.toFixed(1)} µs (${(row.perObjectUs / (ours?.perObjectUs ?? 1)).toFixed(1)}×)`;
      console.log(
        `  ${row.name.padEnd(17)} import ${row.importMs.toFixed(0)} ms   first object after ${ready}   then ${each} each`,
      );
    }
  }
  const here = join(import.meta.dirname, "..");
  console.log("\ninstall size");
  for (const name of ["ajv", "@cfworker/json-schema"])
    console.log(`  ${name.padEnd(22)} ${(installSize(name, here) / 1e6).toFixed(1)} MB`);
}

const [engine, kind] = process.argv.slice(2);
if (engine === undefined || kind === undefined) report();
else process.stdout.write(JSON.stringify(await measure(engine, kind)));
