import type { KeyObject } from "node:crypto";
import { BoundedMap } from "../bounded-map.ts";

/** Longer ones are verified each time: what is kept stays below 2 MB. */
const MAX_LENGTH = 2048;

/**
 * The keys that signatures were verified with, by token: a caller sends the same token with every request until it is renewed.
 * Only the signature is not verified again. The key has to be the very object that the bundle holds now, so that a key that was
 * withdrawn, or read anew, counts for nothing; times and audience are judged each time.
 */
const verifiedWith = new BoundedMap<string, KeyObject>(1024);

export function wasVerifiedWith(token: string, key: KeyObject): boolean {
  return token.length <= MAX_LENGTH && verifiedWith.get(token) === key;
}

export function rememberVerified(token: string, key: KeyObject): void {
  if (token.length <= MAX_LENGTH) verifiedWith.set(token, key);
}
