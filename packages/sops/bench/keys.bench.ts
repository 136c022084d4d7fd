/**
 * What the kinds of age keys cost: opening a data key with each as a multiple of X25519, and against age-encryption where
 * this package does it by node:crypto. A passphrase (scrypt, as `age -p` writes it) is paid for once per key ring.
 *
 *     node --conditions=@idstack/source bench/keys.bench.ts
 */
import { armor, Decrypter, Encrypter, type Identity } from "age-encryption";
import { scryptIdentity } from "../src/age/scrypt-identity.ts";
import { encrypt, generateIdentity, openKeyRing, readMetadata } from "../src/index.ts";
import { unwrapDataKey } from "../src/internal/data-key.ts";

const ROUNDS = 3;
const PASSPHRASE = "correct horse battery staple";

/** Processor time in milliseconds: the median of the rounds. */
async function cost(count: number, act: () => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let index = 0; index < count; index += 1) await act();
    const { user, system } = process.cpuUsage(before);
    rounds.push((user + system) / 1000 / count);
  }
  return rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

async function dataKey(
  postQuantum: boolean,
): Promise<{ ours: () => Promise<unknown>; theirs: () => Promise<unknown> }> {
  const { identity, recipient } = await generateIdentity({ postQuantum });
  const metadata = readMetadata(await encrypt({ a: 1 }, { recipients: [recipient] }));
  const keyRing = openKeyRing({ identities: [identity] });
  const enc = metadata.age[0]?.enc ?? "";
  return { ours: () => unwrapDataKey(metadata, { keyRing }), theirs: () => opened(identity, armor.decode(enc)) };
}

async function opened(identity: string | Identity, file: Uint8Array): Promise<unknown> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return await decrypter.decrypt(file);
}

async function withPassphrase(file: Uint8Array): Promise<unknown> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(PASSPHRASE);
  return await decrypter.decrypt(file);
}

const [classic, hybrid] = [await dataKey(false), await dataKey(true)];
const encrypter = new Encrypter();
encrypter.setPassphrase(PASSPHRASE);
const protectedFile = await encrypter.encrypt("AGE-SECRET-KEY-…");

await cost(500, classic.ours);
const x25519 = await cost(1000, classic.ours);
const x25519Theirs = await cost(300, classic.theirs);
const postQuantum = await cost(50, hybrid.ours);
const passphrase = await cost(1, () => opened(scryptIdentity(PASSPHRASE), protectedFile));
const passphraseTheirs = await cost(1, () => withPassphrase(protectedFile));

const times = (value: number) => value.toFixed(value < 20 ? 1 : 0).padStart(6);
console.log(`X25519:       ${times(x25519Theirs / x25519)} × the speed of age-encryption`);
console.log(`post-quantum: ${times(postQuantum / x25519)} × the cost of X25519`);
console.log(`passphrase:   ${times(passphraseTheirs / passphrase)} × the speed of age-encryption`);
console.log(`              ${times(passphrase / x25519)} × the cost of X25519, once`);
