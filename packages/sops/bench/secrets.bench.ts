/**
 * Decrypts 1,000 typical Kubernetes Secret files, and starts `sops` for a sample of them. The time age takes to open the
 * data key is in both and shown apart.
 *
 *     node --conditions=@idstack/source bench/secrets.bench.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sops } from "@idstack/tool-real";
import { decryptFile, encrypt, generateIdentity, readMetadata } from "../src/index.ts";
import { unwrapDataKey } from "../src/internal/data-key.ts";

const FILES = 1000;
const SAMPLE = 40;
const folder = mkdtempSync(join(tmpdir(), "sops-bench-"));
const { identity, recipient } = await generateIdentity();
const identities = [identity];
const paths: string[] = [];
for (let index = 0; index < FILES; index += 1) {
  const stringData = { user: `user-${index}`, password: `pw-${index}`, url: `postgres://db-${index}:5432/app` };
  const data = { apiVersion: "v1", kind: "Secret", metadata: { name: `db-${index}` }, stringData };
  const path = join(folder, `${index}.yaml`);
  writeFileSync(path, await encrypt(data, { recipients: [recipient], encryptedRegex: "^(data|stringData)$" }));
  paths.push(path);
}

async function perFile(some: readonly string[], act: (path: string) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (const path of some) await act(path);
  return (performance.now() - start) / some.length;
}

const sample = paths.slice(0, SAMPLE);
await perFile(sample, (path) => decryptFile(path, { identities }));
const ours = await perFile(paths, (path) => decryptFile(path, { identities }));
const metadata = readMetadata(await encrypt({ a: 1 }, { recipients: [recipient] }));
const unwrap = await perFile(sample, () => unwrapDataKey(metadata, { identities }));
const theirs = await perFile(sample, (path) => sops(["decrypt", path], { ageKey: identity, cwd: folder }));
rmSync(folder, { recursive: true });

const ms = (value: number) => `${value.toFixed(2)} ms`.padStart(10);
console.log(`decryptFile, ${FILES} files      ${ms(ours)} per file, of which age ${unwrap.toFixed(2)} ms`);
console.log(`sops decrypt, ${SAMPLE} of them    ${ms(theirs)} per file`);
console.log(`ratio ${(theirs / ours).toFixed(1)} (goal ≥ 30)`);
