/**
 * Decrypts 1,000 typical Kubernetes Secret files, against starting `sops` for each (a sample of them) and against one Go
 * program that uses sops' own `decrypt` package. Then encryption, and how much of a file is its X25519 key.
 *
 *     node --conditions=@idstack/source bench/secrets.bench.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { goDecryptTimes, sops } from "@idstack/tool-real";
import { decryptFile, encrypt, generateIdentity, openKeyRing, readMetadata } from "../src/index.ts";
import { unwrapDataKey } from "../src/internal/data-key.ts";

const FILES = 1000;
const SAMPLE = 20;
const ROUNDS = 5;
const CONCURRENCY = 16;
const folder = mkdtempSync(join(tmpdir(), "sops-bench-"));
const { identity, recipient } = await generateIdentity();
const keyRing = openKeyRing({ identities: [identity] });
const encryption = { recipients: [recipient], encryptedRegex: "^(data|stringData)$" };
const secrets = Array.from({ length: FILES }, (_, index) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: `db-${index}` },
  stringData: { user: `user-${index}`, password: `pw-${index}`, url: `postgres://db-${index}:5432/app` },
}));
const paths = secrets.map((_, index) => join(folder, `${index}.yaml`));
const plain = join(folder, "plain.txt");
writeFileSync(plain, 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: "pw"\n');
const texts = await Promise.all(secrets.map((secret) => encrypt(secret, encryption)));
for (const [index, text] of texts.entries()) writeFileSync(paths[index] ?? "", text);

/** Milliseconds per item: the median of the rounds. All acts take turns, so that a busy machine is busy for all of them. */
const times = new Map<string, number[]>();
async function timed(name: string, items: number, act: () => Promise<unknown>): Promise<void> {
  const [start, busy] = [performance.now(), process.cpuUsage()];
  await act();
  note(name, (performance.now() - start) / items);
  const { user, system } = process.cpuUsage(busy);
  note(`${name}, processor`, (user + system) / 1000 / items);
}
function note(name: string, perItem: number): void {
  times.set(name, [...(times.get(name) ?? []), perItem]);
}
function median(name: string): number {
  return [...(times.get(name) ?? [])].sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

async function decryptAll(): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      // The text, too: it is what the others print.
      (await decryptFile(path, { keyRing })).text;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

const metadata = readMetadata(texts[0] ?? "");
await decryptAll();
for (let round = 0; round < ROUNDS; round += 1) {
  await timed("decrypt", FILES, decryptAll);
  const go = await goDecryptTimes(folder, identity);
  note("go", go.sequentialMs / go.files);
  note("go parallel", go.parallelMs / go.files);
  await timed("sops decrypt", SAMPLE, async () => {
    for (const path of paths.slice(0, SAMPLE)) await sops(["decrypt", path], { ageKey: identity, cwd: folder });
  });
  await timed("encrypt", FILES, async () => {
    for (const secret of secrets) await encrypt(secret, encryption);
  });
  await timed("sops encrypt", SAMPLE, async () => {
    const args = ["encrypt", "--age", recipient, "--input-type", "yaml", "--output-type", "yaml", plain];
    for (let count = 0; count < SAMPLE; count += 1) await sops(args, { cwd: folder });
  });
  await timed("age", FILES, async () => {
    for (let count = 0; count < FILES; count += 1) await unwrapDataKey(metadata, { keyRing });
  });
}
rmSync(folder, { recursive: true });

const ratio = (a: string, b: string) => (median(a) / median(b)).toFixed(1).padStart(6);
console.log(`decrypt ${FILES} files, one JavaScript thread:`);
console.log(`${ratio("sops decrypt", "decrypt")} × the speed of starting sops for each (goal ≥ 30)`);
console.log(`${ratio("go", "decrypt")} × that of a Go program, one file after the other (goal ≥ 1.0)`);
console.log(`${ratio("go parallel", "decrypt")} × that of the same on ${availableParallelism()} processors`);
console.log("encrypt:");
console.log(`${ratio("sops encrypt", "encrypt")} × the speed of starting sops for each`);
const share = (100 * median("age, processor")) / median("decrypt, processor");
console.log(`${share.toFixed(0).padStart(6)} % of the processor's time for a decrypted file is its X25519 key`);
