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
  /** Common name, empty for none. */
  readonly subject: string;
  /** What else the subject says. */
  readonly country?: string | undefined;
  readonly organization?: string | undefined;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  /** P-256 key of the issuer. */
  readonly signingKey: KeyObject;
  /** The key that the certificate claims to be signed by. Default: the signing key. */
  readonly authorityKey?: KeyObject | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly basicConstraints?: { readonly ca: boolean; readonly pathLength?: number } | undefined;
  readonly keyUsage?: { readonly critical: boolean; readonly bits: readonly (keyof typeof KEY_USAGE)[] } | undefined;
  readonly extendedKeyUsage?: readonly string[] | undefined;
  readonly uris?: readonly string[] | undefined;
  readonly dnsNames?: readonly string[] | undefined;
  /** Default: critical if the subject is empty. */
  readonly sanCritical?: boolean | undefined;
  /** OIDs of critical extensions that mean nothing. */
  readonly unknownCritical?: readonly string[] | undefined;
}

const ecdsaWithSha256 = der.sequence(der.oid("1.2.840.10045.4.3.2"));

/** A fresh P-256 key pair. */
export function newKeyPair(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** Builds and signs a version 3 certificate (RFC 5280 §4.1) with ECDSA P-256 and SHA-256: Node can read certificates, not make them. */
export function mintCertificate(request: CertificateRequest): X509Certificate {
  const serial = randomBytes(16);
  serial[0] = (serial[0] ?? 0) & 0x7f;
  const tbs = der.sequence(
    der.context(0, true, der.integer(2)),
    der.integer(serial),
    ecdsaWithSha256,
    distinguishedName({ subject: request.issuer }),
    der.sequence(der.time(request.notBefore), der.time(request.notAfter)),
    distinguishedName(request),
    request.publicKey.export({ type: "spki", format: "der" }),
    der.context(3, true, der.sequence(...extensionsOf(request))),
  );
  const signature = sign("sha256", tbs, { key: request.signingKey, dsaEncoding: "der" });
  return new X509Certificate(der.sequence(tbs, ecdsaWithSha256, der.bitString(signature)));
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
  const { basicConstraints, keyUsage, extendedKeyUsage, uris = [], dnsNames = [] } = request;
  const extensions = [
    extension(OID.subjectKeyIdentifier, false, der.octetString(keyIdentifier(request.publicKey))),
    extension(
      OID.authorityKeyIdentifier,
      false,
      der.sequence(der.context(0, false, keyIdentifier(createPublicKey(request.authorityKey ?? request.signingKey)))),
    ),
  ];
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
  for (const oid of request.unknownCritical ?? []) extensions.push(extension(oid, true, der.sequence()));
  return extensions;
}

/** Any value that names the key will do (RFC 5280 §4.2.1.2); this one is short. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest()
    .subarray(0, 20);
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  return der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
}
