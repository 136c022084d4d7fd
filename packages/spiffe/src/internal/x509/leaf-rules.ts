import type { X509Certificate } from "node:crypto";
import type { SpiffeError, VerificationErrorCode } from "../../errors.ts";
import { SpiffeId } from "../../id/spiffe-id.ts";
import { checkVersion } from "./certificate-rules.ts";
import { type CertificateFields, KEY_USAGE, OID } from "./fields.ts";
import { violation } from "./violation.ts";

// Others import these from here.
export { checkValidity } from "./certificate-rules.ts";
export { subjectOf, violation } from "./violation.ts";

/**
 * The SPIFFE ID of a leaf: exactly one URI SAN, a SPIFFE ID with a path (X509-SVID §2, §3.1).
 *
 * @throws SpiffeError
 */
export function leafId(leaf: X509Certificate, fields: CertificateFields, idBytes: number): SpiffeId {
  checkVersion(leaf, fields);
  const uris = fields.subjectAltName?.uris ?? [];
  const [uri] = uris;
  if (uri === undefined) throw violation("uri-san-missing", leaf, "it has no URI SAN", "X509-SVID §2");
  if (uris.length > 1) {
    throw violation("uri-san-multiple", leaf, `it has ${uris.length} URI SANs, exactly one is allowed`, "X509-SVID §2");
  }
  if (uri.length > idBytes) {
    throw violation("id-too-long", leaf, `its SPIFFE ID has more than ${idBytes} bytes`, "SPIFFE-ID §2.3");
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
