import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import * as der from "../der/writer.ts";
import { KEY_USAGE, OID } from "./fields.ts";

/** What a certificate shall say. Everything is stated by the caller, so that broken certificates can be minted too. */
export interface CertificateRequest {
  /** Default 3. A version 1 certificate has no extensions. */
  readonly version?: 1 | 3 | undefined;
  /** Common name, empty for none. */
  readonly subject: string;
  /** What else the subject says. */
  readonly country?: string | undefined;
  readonly organization?: string | undefined;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  /** DER that stands in the place of the key. */
  readonly publicKeyInfo?: Buffer | undefined;
  readonly signingKey: KeyObject;
  /** Default: the one with SHA-256 that fits the signing key. */
  readonly signature?: SignatureName | undefined;
  /** The algorithm that is attached to the certificate but not signed. Default: the same. */
  readonly attachedSignature?: SignatureName | undefined;
  /** The key that the certificate claims to be signed by. Default: the signing key. */
  readonly authorityKey?: KeyObject | undefined;
  /** Whether it names its key and the key that signed it. Default true. */
  readonly keyIdentifiers?: boolean | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly basicConstraints?: { readonly ca: boolean; readonly pathLength?: number } | undefined;
  readonly keyUsage?: { readonly critical: boolean; readonly bits: readonly (keyof typeof KEY_USAGE)[] } | undefined;
  readonly extendedKeyUsage?: readonly string[] | undefined;
  readonly uris?: readonly string[] | undefined;
  readonly dnsNames?: readonly string[] | undefined;
  /** Default: critical if the subject is empty. */
  readonly sanCritical?: boolean | undefined;
  readonly nameConstraints?: NameConstraintsRequest | undefined;
  /** OIDs of critical extensions that mean nothing. */
  readonly unknownCritical?: readonly string[] | undefined;
  /** DER of further extensions. */
  readonly extensions?: readonly Uint8Array[] | undefined;
}

/** Constraints on names (RFC 5280 §4.2.1.10). */
export interface NameConstraintsRequest {
  /** Default true. */
  readonly critical?: boolean;
  readonly permitted?: readonly NameSubtree[];
  readonly excluded?: readonly NameSubtree[];
}

/** A host or domain that URIs or DNS names may have, `.example` for any below it; a common name that subjects start with. */
export type NameSubtree = { readonly uri: string } | { readonly dns: string } | { readonly directory: string };

/** Algorithms that certificates can be signed with: sound ones and weak ones. */
export type SignatureName = keyof typeof SIGNATURES;

const SIGNATURES = {
  "ecdsa-sha256": { oid: "1.2.840.10045.4.3.2", hash: "sha256", rsa: false },
  "ecdsa-sha384": { oid: "1.2.840.10045.4.3.3", hash: "sha384", rsa: false },
  "ecdsa-sha1": { oid: "1.2.840.10045.4.1", hash: "sha1", rsa: false },
  "rsa-sha256": { oid: "1.2.840.113549.1.1.11", hash: "sha256", rsa: true },
  "rsa-sha1": { oid: "1.2.840.113549.1.1.5", hash: "sha1", rsa: true },
  "rsa-md5": { oid: "1.2.840.113549.1.1.4", hash: "md5", rsa: true },
  ed25519: { oid: "1.3.101.112", hash: null, rsa: false },
} as const;

/** Keys that certificates can hold: sound ones, weak ones and unusual ones. */
export type KeyKind =
  | "ec-p256"
  | "ec-p384"
  | "ec-p521"
  | "rsa-2048"
  | "ed25519"
  | "rsa-1024"
  | "ec-p192"
  | "ec-secp256k1";

const CURVES: Readonly<Record<string, string>> = { "ec-p192": "prime192v1", "ec-secp256k1": "secp256k1" };

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A fresh key pair, P-256 by default. */
export function newKeyPair(kind: KeyKind = "ec-p256"): KeyPair {
  if (kind === "ed25519") return generateKeyPairSync("ed25519");
  if (kind.startsWith("rsa-")) return generateKeyPairSync("rsa", { modulusLength: Number(kind.slice(4)) });
  return generateKeyPairSync("ec", { namedCurve: CURVES[kind] ?? kind.replace("ec-p", "P-") });
}

/** Builds and signs a certificate (RFC 5280 §4.1): Node can read certificates, not make them. */
export function mintCertificate(request: CertificateRequest): X509Certificate {
  return new X509Certificate(certificateDer(request));
}

/** The bytes of a certificate, whether or not anybody will read them. */
export function certificateDer(request: CertificateRequest): Buffer {
  const serial = randomBytes(16);
  // Positive, and of 16 bytes in every certificate.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const name = request.signature ?? usualSignature(request.signingKey);
  const tbs = der.sequence(
    ...(request.version === 1 ? [] : [der.context(0, true, der.integer(2))]),
    der.integer(serial),
    algorithmIdentifier(name),
    distinguishedName({ subject: request.issuer }),
    der.sequence(der.time(request.notBefore), der.time(request.notAfter)),
    distinguishedName(request),
    request.publicKeyInfo ?? request.publicKey.export({ type: "spki", format: "der" }),
    ...(request.version === 1 ? [] : [der.context(3, true, der.sequence(...extensionsOf(request)))]),
  );
  const signature = sign(SIGNATURES[name].hash, tbs, { key: request.signingKey, dsaEncoding: "der" });
  return der.sequence(tbs, algorithmIdentifier(request.attachedSignature ?? name), der.bitString(signature));
}

function usualSignature(key: KeyObject): SignatureName {
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  return key.asymmetricKeyType === "rsa" ? "rsa-sha256" : "ecdsa-sha256";
}

function algorithmIdentifier(name: SignatureName): Buffer {
  const { oid, rsa } = SIGNATURES[name];
  return der.sequence(der.oid(oid), ...(rsa ? [der.element(0x05)] : []));
}

function distinguishedName({
  country = "",
  organization = "",
  subject,
}: Pick<CertificateRequest, "country" | "organization" | "subject">): Buffer {
  const attribute = (type: string, text: string, write: (text: string) => Buffer): Buffer[] =>
    text === "" ? [] : [der.set(der.sequence(der.oid(type), write(text)))];
  return der.sequence(
    ...attribute("2.5.4.6", country, der.printableString),
    ...attribute("2.5.4.10", organization, der.utf8String),
    ...attribute("2.5.4.3", subject, der.utf8String),
  );
}

function extensionsOf(request: CertificateRequest): Buffer[] {
  const { basicConstraints, keyUsage, extendedKeyUsage, uris = [], dnsNames = [], nameConstraints } = request;
  const extensions = request.keyIdentifiers === false ? [] : keyIdentifiers(request);
  if (basicConstraints !== undefined) {
    const { ca, pathLength } = basicConstraints;
    const content = [
      ...(ca ? [der.boolean(true)] : []),
      ...(pathLength === undefined ? [] : [der.integer(pathLength)]),
    ];
    extensions.push(extension(OID.basicConstraints, true, der.sequence(...content)));
  }
  if (keyUsage !== undefined) {
    extensions.push(
      extension(OID.keyUsage, keyUsage.critical, der.namedBits(keyUsage.bits.map((bit) => KEY_USAGE[bit]))),
    );
  }
  if (extendedKeyUsage !== undefined) {
    extensions.push(extension(OID.extendedKeyUsage, false, der.sequence(...extendedKeyUsage.map(der.oid))));
  }
  if (uris.length + dnsNames.length > 0) {
    const names = [
      ...dnsNames.map((name) => der.context(2, false, Buffer.from(name))),
      ...uris.map((uri) => der.context(6, false, Buffer.from(uri))),
    ];
    const unnamed = [request.subject, request.country, request.organization].every((part = "") => part === "");
    extensions.push(extension(OID.subjectAltName, request.sanCritical ?? unnamed, der.sequence(...names)));
  }
  if (nameConstraints !== undefined) {
    const { critical = true, permitted = [], excluded = [] } = nameConstraints;
    const subtrees = (number: number, names: readonly NameSubtree[]): Buffer[] =>
      names.length === 0 ? [] : [der.context(number, true, ...names.map((name) => der.sequence(subtreeBase(name))))];
    const value = der.sequence(...subtrees(0, permitted), ...subtrees(1, excluded));
    extensions.push(extension(OID.nameConstraints, critical, value));
  }
  for (const oid of request.unknownCritical ?? []) extensions.push(extension(oid, true, der.sequence()));
  return [...extensions, ...(request.extensions ?? []).map((bytes) => Buffer.from(bytes))];
}

function subtreeBase(name: NameSubtree): Buffer {
  if ("uri" in name) return der.context(6, false, Buffer.from(name.uri));
  if ("dns" in name) return der.context(2, false, Buffer.from(name.dns));
  return der.context(4, true, distinguishedName({ subject: name.directory }));
}

function keyIdentifiers({ publicKey, authorityKey, signingKey }: CertificateRequest): Buffer[] {
  const authority = keyIdentifier(createPublicKey(authorityKey ?? signingKey));
  return [
    extension(OID.subjectKeyIdentifier, false, der.octetString(keyIdentifier(publicKey))),
    extension(OID.authorityKeyIdentifier, false, der.sequence(der.context(0, false, authority))),
  ];
}

/** Any value that names the key will do (RFC 5280 §4.2.1.2); this one is short. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest()
    .subarray(0, 20);
}

/** One extension (RFC 5280 §4.1). */
export function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  return der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
}
