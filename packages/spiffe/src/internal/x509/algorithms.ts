import { asBuffer, childrenOf, type DerElement, DerError, readOid, readOnly, TAG } from "../der/reader.ts";

/** Why a key or signature is not accepted: too weak to prove anything, or of a kind that peers do not agree on. */
export interface AlgorithmFault {
  readonly code: "weak-signature" | "weak-key" | "unsupported-algorithm";
  readonly rule: string;
  readonly section: string;
}

// The one place to add algorithms, post-quantum ones for instance, when SPIFFE lists them.
const RSA_KEY = "1.2.840.113549.1.1.1";
const RSA_PSS = "1.2.840.113549.1.1.10";
const EC_KEY = "1.2.840.10045.2.1";
const ED25519 = "1.3.101.112";

/** Signature algorithms whose parameters are NULL or absent (RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3). */
const STRONG: ReadonlySet<string> = new Set([
  "1.2.840.113549.1.1.11",
  "1.2.840.113549.1.1.12",
  "1.2.840.113549.1.1.13",
  "1.2.840.10045.4.3.2",
  "1.2.840.10045.4.3.3",
  "1.2.840.10045.4.3.4",
  ED25519,
]);

/** Hash functions that can be made to collide (RFC 9325 §4.5). */
const WEAK: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.2": "MD2",
  "1.2.840.113549.1.1.3": "MD4",
  "1.2.840.113549.1.1.4": "MD5",
  "1.2.840.113549.1.1.5": "SHA-1",
  "1.3.14.3.2.29": "SHA-1",
  "1.2.840.10045.4.1": "SHA-1",
  "1.2.840.10040.4.3": "SHA-1",
};

/** Curves of TLS 1.3 (RFC 8446 §4.2.3) with the bytes of a coordinate. */
const CURVES: Readonly<Record<string, number>> = { "1.2.840.10045.3.1.7": 32, "1.3.132.0.34": 48, "1.3.132.0.35": 66 };
const SMALL_CURVES: Readonly<Record<string, string>> = { "1.2.840.10045.3.1.1": "P-192", "1.3.132.0.33": "P-224" };

const RSA_BITS = { min: 2048, max: 8192 } as const;

const NULL = "0500";
/** RSASSA-PSS-params of RFC 4055 §3.1 with one hash for message and mask and a salt of its length. */
const PSS_PARAMETERS: ReadonlySet<string> = new Set(
  [
    ["01", "20"],
    ["02", "30"],
    ["03", "40"],
  ].flatMap(([hash, salt]) =>
    // The hash algorithms with NULL and with absent parameters.
    [
      `3034a00f300d06096086480165030402${hash}0500a11c301a06092a864886f70d010108300d06096086480165030402${hash}0500a2030201${salt}`,
      `3030a00d300b06096086480165030402${hash}a11a301806092a864886f70d010108300b06096086480165030402${hash}a2030201${salt}`,
    ],
  ),
);

/** What is wrong with a signature's AlgorithmIdentifier, or undefined. */
export function signatureFault(algorithm: Uint8Array): AlgorithmFault | undefined {
  const { oid, parameters } = readAlgorithm(readOnly(algorithm));
  const weak = WEAK[oid];
  if (weak !== undefined) {
    return { code: "weak-signature", rule: `it is signed with ${weak}`, section: "RFC 9325 §4.5" };
  }
  if (STRONG.has(oid) && (parameters === "" || (parameters === NULL && oid.startsWith("1.2.840.113549.")))) {
    return undefined;
  }
  if (oid === RSA_PSS && PSS_PARAMETERS.has(parameters)) return undefined;
  return unsupported(`signature algorithm ${oid}`);
}

/** What is wrong with a SubjectPublicKeyInfo, or undefined. */
export function keyFault(publicKeyInfo: Uint8Array): AlgorithmFault | undefined {
  const [algorithm, bits] = childrenOf(readOnly(publicKeyInfo), TAG.sequence);
  if (algorithm === undefined || bits?.tag !== TAG.bitString) throw new DerError("no public key");
  const { oid, parameters } = readAlgorithm(algorithm);
  if (oid === RSA_KEY && parameters === NULL) return rsaFault(bits.content.subarray(1));
  if (oid === EC_KEY) return curveFault(parameters, bits.content.subarray(1));
  return oid === ED25519 && parameters === "" ? undefined : unsupported(`key of kind ${oid}`);
}

function rsaFault(key: Uint8Array): AlgorithmFault | undefined {
  const [modulus, exponent] = childrenOf(readOnly(key), TAG.sequence).map(readUnsigned);
  if (modulus === undefined || exponent === undefined) throw new DerError("no RSA key");
  const bits = modulus.toString(2).length;
  if (bits < RSA_BITS.min) return weakKey(`an RSA key of ${bits} bits`);
  // With exponent 1 every signature is its own message; Go and Node both refuse or crawl beyond these bounds.
  if (exponent < 3n || exponent % 2n === 0n) return weakKey("an RSA key with a public exponent that hides nothing");
  if (bits > RSA_BITS.max || exponent > 0x7fffffffn) return unsupported(`RSA key of ${bits} bits`);
  return undefined;
}

function curveFault(parameters: string, point: Uint8Array): AlgorithmFault | undefined {
  // Curves spelled out in place of a name let the author of a certificate choose the generator (RFC 5480 §2.1.1).
  if (!parameters.startsWith("06")) return unsupported("curve without a name");
  const curve = readOid(readOnly(Buffer.from(parameters, "hex")));
  const small = SMALL_CURVES[curve];
  if (small !== undefined) return weakKey(`a key on the curve ${small}`, "RFC 8446 §4.2.3");
  const coordinate = CURVES[curve];
  if (coordinate === undefined) return unsupported(`curve ${curve}`);
  // Uncompressed, as everybody writes it; who may compress need not be understood (RFC 5480 §2.2).
  return point[0] === 4 && point.length === 1 + 2 * coordinate ? undefined : unsupported("this encoding of a point");
}

function weakKey(what: string, section = "RFC 9325 §4.5"): AlgorithmFault {
  return { code: "weak-key", rule: `it has ${what}`, section };
}

function unsupported(what: string): AlgorithmFault {
  return { code: "unsupported-algorithm", rule: `${what} is not supported`, section: "RFC 5280 §4.1.1.2" };
}

function readAlgorithm(element: DerElement): { readonly oid: string; readonly parameters: string } {
  const [oid, parameters, ...surplus] = childrenOf(element, TAG.sequence);
  if (surplus.length > 0) throw new DerError("an algorithm has one set of parameters");
  return { oid: readOid(oid), parameters: parameters === undefined ? "" : asBuffer(parameters.bytes).toString("hex") };
}

function readUnsigned({ tag, content }: DerElement): bigint {
  const [first] = content;
  if (tag !== TAG.integer || first === undefined || first >= 0x80) throw new DerError("expected a positive integer");
  return BigInt(`0x${asBuffer(content).toString("hex")}`);
}
