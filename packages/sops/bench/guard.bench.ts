/**
 * Guards 5,000 files, and reads and parses the same files: YAML by `yaml`, JSON by JSON.parse, the rest not at all. Once
 * what lies in a repository, and once encrypted Secrets alone, where the guard has most to do.
 *
 *     node --conditions=@idstack/source bench/guard.bench.ts
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { encrypt, generateIdentity, guardFiles } from "../src/index.ts";

const FILES = 5000;
const ROUNDS = 3;
const { recipient } = await generateIdentity();
const recipients = [recipient];

/** What lies in a repository of a homelab, by twenties: mostly manifests, a quarter of them encrypted Secrets. */
const kinds: readonly (readonly [
  count: number,
  extension: string,
  text: (index: number) => string | Promise<string>,
])[] = [
  [7, "yaml", deployment],
  [5, "yaml", (index) => encrypt(secret(index), { recipients, encryptedRegex: "^(data|stringData)$" })],
  [3, "yaml", (index) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c-${index}\ndata:\n${lines(index, 30)}`],
  [
    2,
    "json",
    (index) =>
      JSON.stringify(
        { title: `board ${index}`, panels: Array.from({ length: 20 }, (_, id) => ({ id, type: "graph" })) },
        null,
        2,
      ),
  ],
  [1, "env", (index) => encrypt(`USER=u${index}\nPASSWORD=p${index}\n`, { recipients, format: "dotenv" })],
  [1, "md", (index) => `# Service ${index}\n\n${"What it is, and how to restore it from a backup.\n".repeat(40)}`],
  [
    1,
    "ts",
    (index) => `${"export const answer = (question: string): number => question.length;\n".repeat(40)}// ${index}\n`,
  ],
];

const rule = `creation_rules:\n  - path_regex: \\.env$\n    age: ${recipient}\n  - age: ${recipient}\n    encrypted_regex: ^(data|stringData)$\n`;
await bench("a repository", kinds);
await bench("encrypted Secrets", kinds.slice(1, 2));

async function bench(what: string, some: typeof kinds): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "guard-bench-"));
  await fill(root, some);
  /** The fastest of some rounds, in turns with the other side, so that a busy machine troubles both. */
  const best = { parse: Number.POSITIVE_INFINITY, guard: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, act] of [
      ["parse", readAndParse],
      ["guard", guard],
    ] as const) {
      const start = performance.now();
      await act(root);
      best[name] = Math.min(best[name], performance.now() - start);
    }
  }
  rmSync(root, { recursive: true });
  const ms = (value: number) => `${value.toFixed(0)} ms`.padStart(8);
  console.log(`${what}, ${FILES} files`);
  console.log(`  guard             ${ms(best.guard)}`);
  console.log(`  read and parse    ${ms(best.parse)}`);
  console.log(`  ratio ${(best.guard / best.parse).toFixed(2)} (goal ≤ 1.5)`);
}

async function fill(root: string, some: typeof kinds): Promise<void> {
  writeFileSync(join(root, ".sops.yaml"), rule);
  const cycle = some.flatMap(([count, extension, text]) => Array.from({ length: count }, () => ({ extension, text })));
  // What takes time to make is made once and used again.
  const texts = await Promise.all(cycle.map(({ text }, index) => text(index)));
  for (let index = 0; index < FILES; index += 1) {
    const folder = join(root, `app-${Math.floor(index / 20)}`);
    mkdirSync(folder, { recursive: true });
    const at = index % cycle.length;
    writeFileSync(join(folder, `${index}.${cycle[at]?.extension}`), texts[at] ?? "");
  }
}

function deployment(index: number): string {
  const container = (name: string) =>
    `        - name: ${name}\n          image: ghcr.io/a/${name}:1.${index}\n          env:\n            - {name: A, value: "1"}\n            - name: B\n              valueFrom: {secretKeyRef: {name: db, key: password}}\n          resources:\n            requests: {cpu: 10m, memory: 64Mi}\n            limits: {memory: 128Mi}\n`;
  return `# app ${index}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-${index}\n  labels: {app: a}\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n${container("web")}${container("api")}---\napiVersion: v1\nkind: Service\nmetadata:\n  name: app-${index}\nspec:\n  ports:\n    - port: 80\n`;
}

function secret(index: number): string {
  return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db-${index}\nstringData:\n  user: user-${index}\n  password: pw-${index}\n  url: postgres://db-${index}:5432/app\n`;
}

function lines(index: number, count: number): string {
  return Array.from({ length: count }, (_, line) => `  KEY_${line}: value-${index}-${line}\n`).join("");
}

async function readAndParse(root: string): Promise<void> {
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), "utf8");
    if (entry.name.endsWith(".yaml")) for (const document of parseAllDocuments(text)) document.toJS();
    else if (entry.name.endsWith(".json")) JSON.parse(text);
  }
}

async function guard(root: string): Promise<void> {
  const { checked, diagnostics } = await guardFiles({ cwd: root, paths: ["."] });
  if (checked !== FILES + 1 || diagnostics.length > 0)
    throw new Error(`${checked} files, ${diagnostics.length} findings`);
}
