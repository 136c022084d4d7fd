import type { X509Certificate } from "node:crypto";
import type { SpiffeError, VerificationErrorCode } from "../../errors.ts";
import type { SpiffeId } from "../../id/spiffe-id.ts";
import type { CertificateFields } from "./fields.ts";
import { publicKeyOf } from "./public-key.ts";
import { violation } from "./violation.ts";

/**
 * What every certificate of a path has to satisfy, leaf, intermediate or authority (RFC 5280 §4.1, §6.1.3).
 *
 * @throws SpiffeError
 */
export function checkCertificate(
  certificate: X509Certificate,
  fields: CertificateFields,
  context: { readonly now: number; readonly id: SpiffeId; readonly uriSans: number },
): void {
  const fault = (code: VerificationErrorCode, rule: string, section: string): SpiffeError =>
    violation(code, certificate, rule, section, context.id);
  const uris = fields.subjectAltName?.uris.length ?? 0;
  if (uris > context.uriSans) {
    throw fault("too-many-uri-sans", `it has ${uris} URI SANs, at most ${context.uriSans} are read`, "hardening");
  }
  checkVersion(certificate, fields, context.id);
  const { keyFault } = fields;
  if (keyFault !== undefined) throw fault(keyFault.code, keyFault.rule, keyFault.section);
  if (publicKeyOf(certificate) === undefined) {
    throw fault("key-malformed", "its public key is none", "RFC 5280 §4.1.2.7");
  }
  checkValidity(certificate, fields, context.now, context.id);
  const [unknown] = fields.unknownCritical;
  if (unknown !== undefined) {
    throw fault("critical-extension", `critical extension ${unknown} is not supported`, "RFC 5280 §4.2");
  }
}

/**
 * Extensions, without which there is no identity and no CA, are of version 3.
 *
 * @throws SpiffeError
 */
export function checkVersion(certificate: X509Certificate, fields: CertificateFields, id?: SpiffeId): void {
  if (fields.version === 3) return;
  const rule = `it is of version ${fields.version}, not 3`;
  throw violation("certificate-version", certificate, rule, "RFC 5280 §4.1.2.1", id);
}

/**
 * The validity of one certificate (RFC 5280 §6.1.3 (a) (2)).
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
}

/**
 * How a certificate is signed, before its signature is checked. An authority's own signature proves nothing and is not
 * looked at (RFC 5280 §6.1.1 (d)).
 *
 * @throws SpiffeError
 */
export function checkSignatureAlgorithm(certificate: X509Certificate, fields: CertificateFields, id: SpiffeId): void {
  if (!fields.algorithmsAgree) {
    const rule = "the algorithm it is signed with is not the one that it names";
    throw violation("signature-algorithm-mismatch", certificate, rule, "RFC 5280 §4.1.1.2", id);
  }
  const weak = fields.signatureFault;
  if (weak !== undefined) throw violation(weak.code, certificate, weak.rule, weak.section, id);
}
