import { randomBytes } from "node:crypto";

/** One part of a secret: a byte per byte of the secret, then the x coordinate. sops keeps it in this form, too. */
export type Share = Uint8Array;

/**
 * Splits a secret so that any `threshold` of `parts` shares give it back: Shamir's scheme over GF(2^8) with AES'
 * polynomial, coordinates 1, 2, 3 … as in sops.
 */
export function splitSecret(secret: Uint8Array, parts: number, threshold: number): Share[] {
  if (!(threshold >= 2 && threshold <= parts && parts <= 255)) {
    throw new TypeError("a threshold is at least 2 and at most the number of key groups, which is at most 255");
  }
  const shares = Array.from({ length: parts }, (_, index) => {
    const share = new Uint8Array(secret.length + 1);
    share[secret.length] = index + 1;
    return share;
  });
  for (const [at, byte] of secret.entries()) {
    const coefficients = [byte, ...randomBytes(threshold - 1)];
    shares.forEach((share, index) => {
      share[at] = coefficients.reduceRight((sum, coefficient) => multiply(sum, index + 1) ^ coefficient, 0);
    });
  }
  return shares;
}

/** The secret behind shares, or undefined when they do not fit together. Too few shares give another secret. */
export function combineShares(shares: readonly Share[]): Uint8Array | undefined {
  const length = (shares[0]?.length ?? 0) - 1;
  const xs = shares.map((share) => share[length] ?? 0);
  if (length < 1 || shares.length < 2 || shares.some((share) => share.length !== length + 1)) return undefined;
  if (new Set(xs).size !== xs.length || xs.includes(0)) return undefined;
  const secret = new Uint8Array(length);
  shares.forEach((share, i) => {
    // Lagrange at 0; in this field subtraction is XOR.
    const weight = xs.reduce(
      (product, x, j) => (i === j ? product : multiply(product, divide(x, x ^ (xs[i] ?? 0)))),
      1,
    );
    for (let at = 0; at < length; at += 1) secret[at] = (secret[at] ?? 0) ^ multiply(share[at] ?? 0, weight);
  });
  return secret;
}

/** Without tables or branches on the factors, so that its time says nothing about them. */
function multiply(a: number, b: number): number {
  let result = 0;
  let factor = a;
  for (let bit = 0; bit < 8; bit += 1) {
    result ^= -((b >> bit) & 1) & factor;
    factor = ((factor << 1) ^ (-(factor >> 7) & 0x11b)) & 0xff;
  }
  return result;
}

function divide(a: number, b: number): number {
  // b^254 is the inverse of b.
  let inverse = 1;
  for (let step = 0; step < 254; step += 1) inverse = multiply(inverse, b);
  return multiply(a, inverse);
}
