import { createPublicKey, type JsonWebKeyInput, type KeyObject } from "node:crypto";
import type { JwtAuthority } from "../../bundle/jwt-bundle.ts";
import { algorithmsOf, isJwtAlgorithm, publicHalf } from "./algorithms.ts";

/** A key of a JWK Set (RFC 7517 §4), nothing about it checked. */
export type Jwk = Readonly<Record<string, unknown>>;

/** Members that make up a public key, by `kty`. Everything else stays outside, private members above all. */
const publicMembers: Readonly<Record<string, readonly string[]>> = {
  RSA: ["n", "e"],
  EC: ["crv", "x", "y"],
  OKP: ["crv", "x"],
};

/** A `kty` this package knows; others are ignored without a word (SPIFFE_Trust_Domain_and_Bundle §4). */
export function isKnownKeyType(kty: unknown): boolean {
  return typeof kty === "string" && Object.hasOwn(publicMembers, kty);
}

/** @throws Error that names the fault, for a key that cannot be used. */
export function publicKeyOf(jwk: Jwk): KeyObject {
  const kty = String(jwk["kty"]);
  const entries = ["kty", ...(publicMembers[kty] ?? [])].map((name): [string, unknown] => [name, jwk[name]]);
  if (entries.some(([, value]) => typeof value !== "string")) throw new Error("a member of the public key is missing");
  try {
    return createPublicKey({ key: Object.fromEntries(entries) as JsonWebKeyInput["key"], format: "jwk" });
  } catch {
    throw new Error("its public key is not valid");
  }
}

/**
 * A key that signs JWT-SVIDs.
 *
 * @throws Error that names the fault.
 */
export function jwtAuthorityOf(jwk: Jwk): JwtAuthority {
  const { kid, alg, key_ops: operations } = jwk;
  if (kid !== undefined && typeof kid !== "string") throw new Error("kid is no string");
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes("verify"))) {
    throw new Error("key_ops does not allow to verify (RFC 7517 §4.3)");
  }
  const publicKey = publicKeyOf(jwk);
  const algorithms = algorithmsOf(publicKey);
  if (algorithms.size === 0) throw new Error("its curve or size fits none of the algorithms of JWT-SVIDs");
  if (alg !== undefined && !(isJwtAlgorithm(alg) && algorithms.has(alg))) {
    throw new Error("its alg does not fit the key, or is none of the algorithms of JWT-SVIDs");
  }
  return {
    publicKey,
    // An empty kid is as good as none.
    ...(kid !== undefined && kid !== "" && { keyId: kid }),
    ...(isJwtAlgorithm(alg) && { algorithm: alg }),
  };
}

/** The JWK of a public key; of a private key its public half. */
export function jwkOf(key: KeyObject): Jwk {
  return { ...publicHalf(key).export({ format: "jwk" }) };
}
