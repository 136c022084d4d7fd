import type { X509Certificate } from "node:crypto";
import type { SpiffeError, VerificationErrorCode } from "../../errors.ts";
import type { SpiffeId } from "../../id/spiffe-id.ts";
import { type CertificateFields, KEY_USAGE } from "./fields.ts";
import { constraintFault } from "./name-constraints.ts";
import { violation } from "./violation.ts";

/** A certificate of a path with what it says. */
export interface Link {
  readonly certificate: X509Certificate;
  readonly fields: CertificateFields;
}

/**
 * What a certificate that signed another has to be (X509-SVID §3.2, §4; RFC 5280 §6.1.4): an authority of the bundle no
 * less than an intermediate.
 *
 * @param below What it vouches for: the leaf first, then every certificate up to the one that it signed.
 * @throws SpiffeError
 */
export function checkIssuer({ certificate, fields }: Link, below: readonly Link[], id: SpiffeId): void {
  const fault = (code: VerificationErrorCode, rule: string, section: string): SpiffeError =>
    violation(code, certificate, rule, section, id);
  const { basicConstraints, keyUsage, nameConstraints } = fields;
  if (basicConstraints?.ca !== true) {
    throw fault("issuer-not-ca", "it signed a certificate but is no CA", "X509-SVID §4.1");
  }
  if (keyUsage !== undefined && !keyUsage.bits.has(KEY_USAGE.keyCertSign)) {
    throw fault("issuer-cert-sign", "it signed a certificate without key usage keyCertSign", "X509-SVID §4.3");
  }
  // Self-issued certificates, such as those of a key rollover, do not count.
  const intermediates = below.slice(1).filter((link) => !link.fields.selfIssued).length;
  if (basicConstraints.pathLength !== undefined && intermediates > basicConstraints.pathLength) {
    throw fault("path-length", "more intermediates follow than its path length allows", "RFC 5280 §4.2.1.9");
  }
  for (const uri of spiffeUris(fields)) {
    if (!/^spiffe:\/\/[a-z0-9._-]{1,255}$/.test(uri)) {
      throw fault("issuer-spiffe-id", "the SPIFFE ID of a signing certificate must not have a path", "X509-SVID §3.2");
    }
    if (below.length === 1 && uri !== id.trustDomain.idString) {
      throw fault("issuer-spiffe-id", "it signed a leaf of another trust domain than its own", "X509-SVID §3.2");
    }
  }
  if (nameConstraints === undefined) return;
  for (const [index, link] of below.entries()) {
    if (index > 0 && link.fields.selfIssued) continue;
    const { subjectIsEmpty, subjectHasEmail, subjectAltName } = link.fields;
    const names = subjectAltName?.names ?? [];
    const broken = constraintFault(nameConstraints, { names, subjectIsEmpty, subjectHasEmail });
    if (broken !== undefined) {
      throw violation(broken.code, link.certificate, broken.rule, "RFC 5280 §4.2.1.10", id);
    }
  }
}

function spiffeUris(fields: CertificateFields): string[] {
  return (fields.subjectAltName?.uris ?? []).filter((uri) => uri.startsWith("spiffe:"));
}
