/**
 * Encrypts and decrypts a binary file of 50 MB against the sum of what cannot be avoided: AES-256-GCM, SHA-512 and
 * base64 of node:crypto over the same bytes, in turns.
 *
 *     node --conditions=@idstack/source bench/binary.bench.ts
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { decrypt, encrypt, generateIdentity } from "../src/index.ts";

const SIZE = 50_000_000;
const ROUNDS = 7;
const format = "binary";
const bytes = randomBytes(SIZE);
const { identity, recipient } = await generateIdentity();
const options = { recipients: [recipient], identities: [identity], format } as const;

const times: Record<string, number[]> = { encrypt: [], decrypt: [], "node encrypt": [], "node decrypt": [] };
const key = randomBytes(32);
const iv = randomBytes(32);
for (let round = 0; round < ROUNDS; round += 1) {
  const text = await timed("encrypt", () => encrypt(bytes, options));
  // As decryptFile reads it.
  const file = Buffer.from(text);
  await timed("decrypt", () => decrypt(file, options));
  const parts = await timed("node encrypt", async () => {
    const cipher = createCipheriv("aes-256-gcm", key, iv);
    const data = cipher.update(bytes);
    cipher.final();
    createHash("sha512").update(bytes).digest();
    return { data: data.toString("base64"), tag: cipher.getAuthTag() };
  });
  await timed("node decrypt", async () => {
    const decipher = createDecipheriv("aes-256-gcm", key, iv).setAuthTag(parts.tag);
    const plain = decipher.update(Buffer.from(parts.data, "base64"));
    decipher.final();
    createHash("sha512").update(plain).digest();
  });
}
async function timed<T>(name: string, act: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await act();
  times[name]?.push(performance.now() - start);
  return result;
}
const median = (name: string) => [...(times[name] ?? [])].sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
for (const name of ["encrypt", "decrypt"]) {
  const [ours, node] = [median(name), median(`node ${name}`)];
  const ratio = (node / ours).toFixed(2);
  console.log(`${name} 50 MB: ${ratio} × the speed of node:crypto (goal ≥ 0.7)`);
}
