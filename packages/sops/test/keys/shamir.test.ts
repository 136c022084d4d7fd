import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { combineShares, splitSecret } from "../../src/keys/shamir.ts";

test("any threshold of shares gives the secret back, fewer do not", () => {
  const secret = randomBytes(32);
  for (const [parts, threshold] of [
    [2, 2],
    [3, 2],
    [5, 3],
    [255, 4],
  ] as const) {
    const shares = splitSecret(secret, parts, threshold);
    expect(shares.map((share) => share[32])).toEqual(shares.map((_, index) => index + 1));
    for (let start = 0; start + threshold <= Math.min(parts, 6); start += 1) {
      const some = shares.slice(start, start + threshold).reverse();
      expect(Buffer.from(combineShares(some) ?? []).equals(secret)).toBe(true);
      if (threshold > 2) expect(Buffer.from(combineShares(some.slice(1)) ?? []).equals(secret)).toBe(false);
    }
  }
});

test("shares that cannot belong together", () => {
  const [a, b] = splitSecret(randomBytes(4), 2, 2);
  expect(combineShares([a!, a!])).toBe(undefined);
  expect(combineShares([a!])).toBe(undefined);
  expect(combineShares([a!, b!.subarray(1)])).toBe(undefined);
  for (const [parts, threshold] of [
    [2, 1],
    [2, 3],
    [256, 2],
  ] as const) {
    expect(() => splitSecret(randomBytes(4), parts, threshold)).toThrow(TypeError);
  }
});
