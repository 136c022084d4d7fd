import { createHash } from "node:crypto";

/** Words of Blowfish's tables: 18 of P and four times 256 of S, all of them digits of pi. */
const WORDS = 18 + 4 * 256;
const MAGIC = Buffer.from("OxychromaticBlowfishSwatDynamite");

/** The key derivation of OpenSSH's private keys (`bcrypt_pbkdf` of OpenBSD), which Node.js does not have. */
export function bcryptPbkdf(passphrase: string, salt: Uint8Array, length: number, rounds: number): Buffer {
  const secret = sha512(Buffer.from(passphrase, "utf8"));
  const stride = Math.ceil(length / MAGIC.length);
  const key = Buffer.alloc(length);
  for (let count = 1; count <= stride; count += 1) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(count);
    let block = hash(secret, sha512(Buffer.concat([salt, number])));
    const sum = Buffer.from(block);
    for (let round = 1; round < rounds; round += 1) {
      block = hash(secret, sha512(block));
      for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) ^ (block[at] ?? 0);
    }
    // The bytes of the blocks take turns.
    for (let at = count - 1, from = 0; at < length; at += stride, from += 1) key[at] = sum[from] ?? 0;
  }
  return key;
}

function hash(secret: Buffer, salt: Buffer): Buffer {
  const state = Int32Array.from(piWords());
  const [key, more] = [wordsOf(secret), wordsOf(salt)];
  expand(state, key, more);
  for (let round = 0; round < 64; round += 1) {
    expand(state, more);
    expand(state, key);
  }
  const words = Int32Array.from(wordsOf(MAGIC));
  for (let at = 0; at < words.length; at += 2) {
    for (let round = 0; round < 64; round += 1) encipher(state, words, at);
  }
  const out = Buffer.alloc(MAGIC.length);
  words.forEach((word, at) => void out.writeInt32LE(word, at * 4));
  return out;
}

/** Blowfish's key schedule; with a salt, that of bcrypt. */
function expand(state: Int32Array, key: Int32Array, salt?: Int32Array): void {
  for (let at = 0; at < 18; at += 1) state[at] = (state[at] ?? 0) ^ (key[at % key.length] ?? 0);
  const block = new Int32Array(2);
  for (let at = 0; at < WORDS; at += 2) {
    if (salt !== undefined) {
      block[0] = (block[0] ?? 0) ^ (salt[at % salt.length] ?? 0);
      block[1] = (block[1] ?? 0) ^ (salt[(at + 1) % salt.length] ?? 0);
    }
    encipher(state, block, 0);
    state.set(block, at);
  }
}

function encipher(state: Int32Array, words: Int32Array, at: number): void {
  let left = words[at] ?? 0;
  let right = words[at + 1] ?? 0;
  for (let round = 0; round < 16; round += 2) {
    left ^= state[round] ?? 0;
    right ^= mix(state, left);
    right ^= state[round + 1] ?? 0;
    left ^= mix(state, right);
  }
  words[at] = right ^ (state[17] ?? 0);
  words[at + 1] = left ^ (state[16] ?? 0);
}

function mix(state: Int32Array, word: number): number {
  const a = state[18 + (word >>> 24)] ?? 0;
  const b = state[274 + ((word >>> 16) & 255)] ?? 0;
  const c = state[530 + ((word >>> 8) & 255)] ?? 0;
  return (((a + b) ^ c) + (state[786 + (word & 255)] ?? 0)) | 0;
}

let table: Int32Array | undefined;

/** The fraction of pi in binary, by Machin's formula: shorter than the tables, and nothing to mistype. */
function piWords(): Int32Array {
  if (table !== undefined) return table;
  const guard = 64n;
  const one = 1n << (BigInt(WORDS) * 32n + guard);
  const arctan = (inverse: bigint): bigint => {
    let sum = 0n;
    for (let term = one / inverse, n = 1n; term !== 0n; term /= -(inverse * inverse), n += 2n) sum += term / n;
    return sum;
  };
  const fraction = ((16n * arctan(5n) - 4n * arctan(239n)) % one) >> guard;
  table = wordsOf(Buffer.from(fraction.toString(16).padStart(WORDS * 8, "0"), "hex"));
  return table;
}

function wordsOf(bytes: Buffer): Int32Array {
  return Int32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readInt32BE(at * 4));
}

function sha512(bytes: Uint8Array): Buffer {
  return createHash("sha512").update(bytes).digest();
}
