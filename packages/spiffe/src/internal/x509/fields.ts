import type { X509Certificate } from "node:crypto";
import {
  asBuffer,
  childrenOf,
  type DerElement,
  DerError,
  readCount,
  readOid,
  readOnly,
  readTime,
  TAG,
} from "../der/reader.ts";
import { type AlgorithmFault, keyFault, signatureFault } from "./algorithms.ts";
import {
  type BasicConstraints,
  type KeyUsage,
  readAuthorityKeyId,
  readBasicConstraints,
  readExtensions,
  readKeyUsage,
  readOidList,
  readSubjectAltName,
  readSubjectKeyId,
  type SubjectAltName,
} from "./extensions.ts";
import { type NameConstraints, readNameConstraints } from "./name-constraints.ts";

/** The parts of a certificate that the rules need and `X509Certificate` does not expose, or exposes escaped. */
export interface CertificateFields {
  /** The number people say: 3 for a certificate with extensions. */
  readonly version: number;
  /** Whether the signature algorithm that is signed is the one that is attached. */
  readonly algorithmsAgree: boolean;
  /** What is wrong with the algorithm of its signature, and with its key. */
  readonly signatureFault: AlgorithmFault | undefined;
  readonly keyFault: AlgorithmFault | undefined;
  /** DER of the names, to be compared byte by byte. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly subjectIsEmpty: boolean;
  readonly subjectHasEmail: boolean;
  /** Subject and issuer are the same (RFC 5280 §6.1). */
  readonly selfIssued: boolean;
  /** DER of the key with its algorithm. */
  readonly publicKeyInfo: Buffer;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly basicConstraints: BasicConstraints | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly subjectAltName: SubjectAltName | undefined;
  readonly nameConstraints: NameConstraints | undefined;
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
  nameConstraints: "2.5.29.30",
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
  OID.nameConstraints,
  OID.certificatePolicies,
  OID.extendedKeyUsage,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
]);

/** An attribute of type emailAddress, 1.2.840.113549.1.9.1, as it stands in a name. */
const EMAIL_ATTRIBUTE = Buffer.from("06092a864886f70d010901", "hex");

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
  const [tbs, algorithm, signature, ...surplus] = childrenOf(readOnly(raw), TAG.sequence);
  if (algorithm === undefined || signature?.tag !== TAG.bitString || surplus.length > 0) {
    throw new DerError("a certificate has three parts");
  }
  const parts = childrenOf(tbs, TAG.sequence);
  const wrapper = parts.find((part) => part.tag === 0xa3);
  // version [0] is absent in version 1 certificates.
  const version = parts[0]?.tag === 0xa0 ? readCount(readOnly(parts.shift()?.content ?? new Uint8Array())) + 1 : 1;
  const [serial, signedAlgorithm, issuer, validity, subject, publicKeyInfo] = parts;
  if (serial?.tag !== TAG.integer || signedAlgorithm === undefined || publicKeyInfo === undefined) {
    throw new DerError("truncated certificate");
  }
  const [notBefore, notAfter] = childrenOf(validity, TAG.sequence);
  const extensions = readExtensions(wrapper);
  const constraints = extensions.get(OID.nameConstraints);
  return {
    version,
    algorithmsAgree: asBuffer(algorithm.bytes).equals(signedAlgorithm.bytes),
    signatureFault: signatureFault(algorithm.bytes),
    keyFault: keyFault(publicKeyInfo.bytes),
    ...readNames(issuer, subject),
    publicKeyInfo: asBuffer(publicKeyInfo.bytes),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    basicConstraints: readBasicConstraints(extensions.get(OID.basicConstraints)),
    keyUsage: readKeyUsage(extensions.get(OID.keyUsage)),
    extendedKeyUsage: readOidList(extensions.get(OID.extendedKeyUsage)),
    subjectAltName: readSubjectAltName(extensions.get(OID.subjectAltName)),
    nameConstraints: constraints && readNameConstraints(constraints.value, constraints.critical),
    subjectKeyId: readSubjectKeyId(extensions.get(OID.subjectKeyIdentifier)),
    authorityKeyId: readAuthorityKeyId(extensions.get(OID.authorityKeyIdentifier)),
    unknownCritical: [...extensions]
      .filter(([oid, { critical }]) => critical && !processed.has(oid))
      .map(([oid]) => oid),
  };
}

function readNames(
  issuer: DerElement | undefined,
  subject: DerElement | undefined,
): Pick<CertificateFields, "issuer" | "subject" | "subjectIsEmpty" | "subjectHasEmail" | "selfIssued"> {
  if (issuer?.tag !== TAG.sequence || subject?.tag !== TAG.sequence) throw new DerError("truncated certificate");
  checkName(issuer);
  checkName(subject);
  const names = { issuer: asBuffer(issuer.bytes), subject: asBuffer(subject.bytes) };
  return {
    ...names,
    subjectIsEmpty: subject.content.length === 0,
    subjectHasEmail: names.subject.includes(EMAIL_ATTRIBUTE),
    selfIssued: names.issuer.equals(names.subject),
  };
}

/** A name is a sequence of sets of type and value (RFC 5280 §4.1.2.4); what the values mean is nobody's concern here. */
function checkName(name: DerElement): void {
  for (const set of childrenOf(name, TAG.sequence)) {
    const attributes = childrenOf(set, TAG.set);
    if (attributes.length === 0) throw new DerError("an empty part of a name");
    for (const attribute of attributes) {
      const [type, value, ...surplus] = childrenOf(attribute, TAG.sequence);
      readOid(type);
      if (value === undefined || surplus.length > 0) throw new DerError("no attribute of a name");
    }
  }
}
