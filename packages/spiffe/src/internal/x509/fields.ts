import type { X509Certificate } from "node:crypto";
import {
  childrenOf,
  type DerElement,
  DerError,
  readBits,
  readBoolean,
  readCount,
  readOid,
  readOnly,
  readTime,
  TAG,
} from "../der/reader.ts";

/** The parts of a certificate that the SPIFFE rules need and `X509Certificate` does not expose, or exposes escaped. */
export interface CertificateFields {
  /** DER of the names, to be compared byte by byte. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly subjectIsEmpty: boolean;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength?: number } | undefined;
  readonly keyUsage: { readonly critical: boolean; readonly bits: ReadonlySet<number> } | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly subjectAltName: { readonly critical: boolean; readonly uris: readonly string[] } | undefined;
  /** Which key this is and which key signed it, where the certificate says so. Hints, not proof. */
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  /** Critical extensions that this package does not process. */
  readonly unknownCritical: readonly string[];
}

/** Bit numbers of KeyUsage (RFC 5280 §4.2.1.3). */
export const KEY_USAGE = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
} as const;

export const OID = {
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  // Without policy constraints in the path, certificate policies cannot make validation fail (RFC 5280 §6.1).
  certificatePolicies: "2.5.29.32",
  extendedKeyUsage: "2.5.29.37",
  subjectKeyIdentifier: "2.5.29.14",
  authorityKeyIdentifier: "2.5.29.35",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

const processed: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.subjectAltName,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.extendedKeyUsage,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
]);

const cache = new WeakMap<X509Certificate, CertificateFields>();

/** @throws DerError if the certificate is not as RFC 5280 §4.1 describes it. */
export function fieldsOf(certificate: X509Certificate): CertificateFields {
  const known = cache.get(certificate);
  if (known !== undefined) return known;
  const fields = parseFields(certificate.raw);
  cache.set(certificate, fields);
  return fields;
}

function parseFields(raw: Uint8Array): CertificateFields {
  const [tbs] = childrenOf(readOnly(raw), TAG.sequence);
  const parts = childrenOf(tbs, TAG.sequence);
  // version [0] is absent in version 1 certificates, which have no extensions either.
  const offset = parts[0]?.tag === 0xa0 ? 1 : 0;
  const [, , issuer, validity, subject] = parts.slice(offset);
  if (issuer === undefined || subject === undefined) throw new DerError("truncated certificate");
  const [notBefore, notAfter] = childrenOf(validity, TAG.sequence);
  const extensions = readExtensions(parts.find((part) => part.tag === 0xa3));
  const usage = extensions.get(OID.keyUsage);
  const names = extensions.get(OID.subjectAltName);
  return {
    issuer: issuer.bytes,
    subject: subject.bytes,
    subjectIsEmpty: subject.content.length === 0,
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    basicConstraints: readBasicConstraints(extensions.get(OID.basicConstraints)),
    keyUsage: usage && { critical: usage.critical, bits: readBits(usage.value) },
    extendedKeyUsage: readOidList(extensions.get(OID.extendedKeyUsage)),
    subjectAltName: names && { critical: names.critical, uris: readUris(names.value) },
    subjectKeyId: readSubjectKeyId(extensions.get(OID.subjectKeyIdentifier)),
    authorityKeyId: readAuthorityKeyId(extensions.get(OID.authorityKeyIdentifier)),
    unknownCritical: [...extensions]
      .filter(([oid, { critical }]) => critical && !processed.has(oid))
      .map(([oid]) => oid),
  };
}

interface Extension {
  readonly critical: boolean;
  readonly value: DerElement;
}

function readExtensions(wrapper: DerElement | undefined): Map<string, Extension> {
  const extensions = new Map<string, Extension>();
  if (wrapper === undefined) return extensions;
  for (const entry of childrenOf(readOnly(wrapper.content), TAG.sequence)) {
    const [id, ...rest] = childrenOf(entry, TAG.sequence);
    const oid = readOid(id);
    const octets = rest.pop();
    const [flag, ...surplus] = rest;
    if (octets?.tag !== TAG.octetString || surplus.length > 0) throw new DerError(`extension ${oid} has no value`);
    if (extensions.has(oid)) throw new DerError(`extension ${oid} appears twice`);
    extensions.set(oid, { critical: flag !== undefined && readBoolean(flag), value: readOnly(octets.content) });
  }
  return extensions;
}

function readBasicConstraints(extension: Extension | undefined): CertificateFields["basicConstraints"] {
  if (extension === undefined) return undefined;
  const parts = childrenOf(extension.value, TAG.sequence);
  const [flag] = parts[0]?.tag === TAG.boolean ? parts.splice(0, 1) : [];
  const [length, ...surplus] = parts;
  if (surplus.length > 0) throw new DerError("basic constraints hold more than two values");
  const ca = flag !== undefined && readBoolean(flag);
  return length === undefined ? { ca } : { ca, pathLength: readCount(length) };
}

function readOidList(extension: Extension | undefined): string[] | undefined {
  return extension && childrenOf(extension.value, TAG.sequence).map(readOid);
}

function readSubjectKeyId(extension: Extension | undefined): string | undefined {
  return extension && Buffer.from(extension.value.content).toString("hex");
}

/** keyIdentifier is [0] (RFC 5280 §4.2.1.1). */
function readAuthorityKeyId(extension: Extension | undefined): string | undefined {
  const id = extension && childrenOf(extension.value, TAG.sequence).find((part) => part.tag === 0x80);
  return id && Buffer.from(id.content).toString("hex");
}

/** uniformResourceIdentifier is [6] IA5String (RFC 5280 §4.2.1.6). */
function readUris(element: DerElement): string[] {
  const names = childrenOf(element, TAG.sequence);
  if (names.some((name) => name.tag === 0xa6)) throw new DerError("a URI in pieces is not DER");
  return names
    .filter((name) => name.tag === 0x86)
    .map((name) => {
      if (name.content.some((octet) => octet > 0x7f)) throw new DerError("URI is not ASCII");
      return Buffer.from(name.content).toString("latin1");
    });
}
