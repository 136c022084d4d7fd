import {
  constants,
  createPublicKey,
  sign as createSignature,
  type KeyObject,
  type VerifyKeyObjectInput,
  verify,
} from "node:crypto";

/** How one `alg` signs (RFC 7518 §3.3-§3.5). */
interface Algorithm {
  readonly hash: string;
  readonly kty: "RSA" | "EC";
  /** OpenSSL's name of the one curve that fits. */
  readonly curve?: string;
  readonly pss?: true;
  /** Both halves of an ECDSA signature; RSA signatures are as long as the key. */
  readonly signatureBytes?: number;
}

/** The signature algorithms of JWT-SVID §2.1: this list decides, and nothing else in the package names one. */
const algorithms = {
  RS256: { hash: "sha256", kty: "RSA" },
  RS384: { hash: "sha384", kty: "RSA" },
  RS512: { hash: "sha512", kty: "RSA" },
  ES256: { hash: "sha256", kty: "EC", curve: "prime256v1", signatureBytes: 64 },
  ES384: { hash: "sha384", kty: "EC", curve: "secp384r1", signatureBytes: 96 },
  ES512: { hash: "sha512", kty: "EC", curve: "secp521r1", signatureBytes: 132 },
  PS256: { hash: "sha256", kty: "RSA", pss: true },
  PS384: { hash: "sha384", kty: "RSA", pss: true },
  PS512: { hash: "sha512", kty: "RSA", pss: true },
} as const satisfies Record<string, Algorithm>;

/** One of the signature algorithms that a JWT-SVID may use. */
export type JwtAlgorithm = keyof typeof algorithms;

export function isJwtAlgorithm(name: unknown): name is JwtAlgorithm {
  return typeof name === "string" && Object.hasOwn(algorithms, name);
}

/** Their names. */
export const JWT_ALGORITHMS = Object.keys(algorithms) as readonly JwtAlgorithm[];

/** A smaller modulus must not be used (RFC 7518 §3.3). */
const MIN_MODULUS_BITS = 2048;

const usable = new WeakMap<KeyObject, ReadonlySet<JwtAlgorithm>>();

/** The algorithms that a public key can be used with: its type and curve decide, and nothing for a weak key. */
export function algorithmsOf(key: KeyObject): ReadonlySet<JwtAlgorithm> {
  const known = usable.get(key);
  if (known !== undefined) return known;
  const found = new Set(JWT_ALGORITHMS.filter((name) => fits(algorithms[name], key)));
  usable.set(key, found);
  return found;
}

function fits({ kty, curve }: Algorithm, { type, asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): boolean {
  if (type !== "public") return false;
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails;
  if (kty === "EC") return asymmetricKeyType === "ec" && namedCurve === curve;
  // With the exponent 1 every message is its own signature.
  return asymmetricKeyType === "rsa" && modulusLength >= MIN_MODULUS_BITS && publicExponent > 1n;
}

/**
 * Synchronous on purpose: several times faster than awaiting WebCrypto. A key handed over as it is costs Node half of what it
 * costs inside of an object with options, so ECDSA signatures are rewritten to the form that needs none.
 */
export function verifySignature(name: JwtAlgorithm, key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  const { hash, kty, signatureBytes }: Algorithm = algorithms[name];
  if (signatureBytes !== undefined && signature.length !== signatureBytes) return false;
  if (kty === "EC") return verify(hash, signed, key, ecdsaDer(signature));
  return verify(hash, signed, keyInput(name, key), signature);
}

/** SEQUENCE of the two INTEGERs that a JWS signature puts side by side (RFC 7518 §3.4, RFC 3279 §2.2.3). */
function ecdsaDer(signature: Buffer): Buffer {
  const half = signature.length / 2;
  const bytes: number[] = [];
  for (const start of [0, half]) {
    const end = start + half;
    let first = start;
    while (first < end - 1 && signature[first] === 0) first += 1;
    const padded = (signature[first] ?? 0) >= 0x80;
    bytes.push(0x02, end - first + (padded ? 1 : 0));
    if (padded) bytes.push(0);
    for (let at = first; at < end; at += 1) bytes.push(signature[at] ?? 0);
  }
  const length = bytes.length < 0x80 ? [bytes.length] : [0x81, bytes.length];
  return Buffer.from([0x30, ...length, ...bytes]);
}

/** For tests and fakes; `key` has to fit. */
export function sign(name: JwtAlgorithm, key: KeyObject, signed: Buffer): Buffer {
  return createSignature(algorithms[name].hash, signed, keyInput(name, key));
}

function keyInput(name: JwtAlgorithm, key: KeyObject): KeyObject | VerifyKeyObjectInput {
  const { kty, pss }: Algorithm = algorithms[name];
  if (kty === "EC") return { key, dsaEncoding: "ieee-p1363" };
  if (pss !== true) return key;
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return { key, padding, saltLength };
}

/** The curve that a key for this algorithm lies on; undefined for RSA. */
export function curveOf(name: JwtAlgorithm): string | undefined {
  const { curve }: Algorithm = algorithms[name];
  return curve;
}

/** The public half of a private key, a public key as it is. */
export function publicHalf(key: KeyObject): KeyObject {
  return key.type === "private" ? createPublicKey(key) : key;
}
