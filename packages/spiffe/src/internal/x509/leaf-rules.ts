import type { X509Certificate } from "node:crypto";
import { SpiffeError, type VerificationErrorCode } from "../../errors.ts";
import { SpiffeId } from "../../id/spiffe-id.ts";
import { type CertificateFields, KEY_USAGE, OID } from "./fields.ts";

/** Characters that move the cursor, start a line or turn the direction of a text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Subject for messages: one line of visible characters, bounded, since it is the peer's text. */
export function subjectOf(certificate: X509Certificate): string {
  const subject = certificate.subject?.replaceAll("\n", ", ").replaceAll(INVISIBLE, "\u{fffd}");
  return subject?.slice(0, 200) || "(empty subject)";
}

/** An error about one certificate that names subject, ID, rule and section. */
export function violation(
  code: VerificationErrorCode,
  certificate: X509Certificate,
  rule: string,
  section: string,
  id?: SpiffeId,
): SpiffeError {
  const subject = subjectOf(certificate);
  const who = id === undefined ? `certificate "${subject}"` : `certificate "${subject}" of ${id}`;
  return new SpiffeError(code, `${who}: ${rule} (${section})`, { subject, section, spiffeId: id?.toString() });
}

/**
 * The SPIFFE ID of a leaf: exactly one URI SAN, a SPIFFE ID with a path (X509-SVID §2, §3.1).
 *
 * @throws SpiffeError
 */
export function leafId(leaf: X509Certificate, fields: CertificateFields): SpiffeId {
  const uris = fields.subjectAltName?.uris ?? [];
  const [uri] = uris;
  if (uri === undefined) throw violation("uri-san-missing", leaf, "it has no URI SAN", "X509-SVID §2");
  if (uris.length > 1) {
    throw violation("uri-san-multiple", leaf, `it has ${uris.length} URI SANs, exactly one is allowed`, "X509-SVID §2");
  }
  let id: SpiffeId;
  try {
    id = SpiffeId.parse(uri === "" ? "(empty)" : uri.replace(/^(spiffe:\/\/[^/]+)\/$/, "$1"));
  } catch (error) {
    throw violation(
      "uri-san-not-spiffe",
      leaf,
      `its URI SAN is no SPIFFE ID: ${(error as Error).message}`,
      "X509-SVID §2",
    );
  }
  // A root path is spelled with and without its slash; both name the trust domain, not a workload.
  if (id.path === "") throw violation("root-path", leaf, "the SPIFFE ID of a leaf needs a path", "X509-SVID §3.1", id);
  return id;
}

/**
 * What a leaf may and may not be used for (X509-SVID §4).
 *
 * @throws SpiffeError
 */
export function checkLeafConstraints(leaf: X509Certificate, fields: CertificateFields, id: SpiffeId): void {
  const fault = (code: VerificationErrorCode, rule: string, section: string): SpiffeError =>
    violation(code, leaf, rule, section, id);
  const { keyUsage, extendedKeyUsage, subjectAltName, basicConstraints } = fields;
  if (basicConstraints?.ca === true) throw fault("leaf-is-ca", "a leaf must not be a CA", "X509-SVID §4.1");
  if (keyUsage === undefined) throw fault("key-usage-missing", "it has no key usage", "X509-SVID §4.3");
  if (keyUsage.bits.has(KEY_USAGE.keyCertSign)) {
    throw fault("key-usage-cert-sign", "a leaf must not have the key usage keyCertSign", "X509-SVID §4.3");
  }
  if (keyUsage.bits.has(KEY_USAGE.cRLSign)) {
    throw fault("key-usage-crl-sign", "a leaf must not have the key usage cRLSign", "X509-SVID §4.3");
  }
  if (!keyUsage.bits.has(KEY_USAGE.digitalSignature)) {
    throw fault("digital-signature-missing", "a leaf needs the key usage digitalSignature", "X509-SVID §4.3");
  }
  if (!keyUsage.critical) throw fault("key-usage-not-critical", "key usage has to be critical", "X509-SVID §4.3");
  if (fields.subjectIsEmpty && subjectAltName?.critical !== true) {
    throw fault("san-not-critical", "with an empty subject the SAN has to be critical", "RFC 5280 §4.2.1.6");
  }
  if (
    extendedKeyUsage !== undefined &&
    !(extendedKeyUsage.includes(OID.serverAuth) && extendedKeyUsage.includes(OID.clientAuth))
  ) {
    throw fault("extended-key-usage", "its extended key usage lacks server or client authentication", "X509-SVID §4.4");
  }
}

/**
 * Validity and extensions that every certificate of a path has to satisfy (RFC 5280 §6.1.3, §6.1.4).
 *
 * @throws SpiffeError
 */
export function checkValidity(
  certificate: X509Certificate,
  fields: CertificateFields,
  now: number,
  id: SpiffeId,
): void {
  // Negated, so that a clock without a time (NaN) finds nothing valid.
  if (!(now <= fields.notAfter)) {
    const at = new Date(fields.notAfter).toISOString();
    throw violation("certificate-expired", certificate, `it expired at ${at}`, "X509-SVID §5.1", id);
  }
  if (!(now >= fields.notBefore)) {
    const at = new Date(fields.notBefore).toISOString();
    throw violation("certificate-not-yet-valid", certificate, `it is valid from ${at} only`, "X509-SVID §5.1", id);
  }
  const [unknown] = fields.unknownCritical;
  if (unknown !== undefined) {
    throw violation(
      "critical-extension",
      certificate,
      `critical extension ${unknown} is not supported`,
      "RFC 5280 §4.2",
      id,
    );
  }
}
