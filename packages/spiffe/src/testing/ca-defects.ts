import type { TrustDomain } from "../id/trust-domain.ts";
import type { CertificateRequest } from "../internal/x509/mint.ts";
import { newKeyPair } from "../internal/x509/mint.ts";

/**
 * What can be wrong with a signing certificate, named after the defect. A root's own signature is no proof of anything:
 * defects of a signature make an intermediate untrusted, not a root.
 */
export type CaDefect =
  | "expired"
  | "not-yet-valid"
  /** basicConstraints says cA=false. */
  | "not-ca"
  | "no-basic-constraints"
  | "no-cert-sign"
  /** No CA may follow below it: an intermediate of it is one too many. */
  | "path-length-zero"
  /** Name constraints exclude the trust domain. */
  | "excluded-uri"
  /** Name constraints permit another trust domain only. */
  | "permitted-uri-elsewhere"
  /** Name constraints exclude the DNS name `web.apps.svc`. */
  | "excluded-dns"
  /** A critical constraint on subjects, which nobody compares. Holds for SVIDs that have a subject. */
  | "directory-constraint"
  /** Its SPIFFE ID is of another trust domain. */
  | "other-trust-domain"
  /** Its SPIFFE ID has a path. */
  | "path-in-id"
  | "many-uri-sans"
  | "unknown-critical-extension"
  | "version-1"
  /** Names the right issuer but is signed by another key. */
  | "bad-signature"
  | "sha1-signature"
  | "signature-algorithm-mismatch"
  | "rsa-1024-key"
  | "p192-key"
  | "secp256k1-key";

/** What differs from a sound request for a signing certificate. */
export function caDefect(
  defect: CaDefect,
  trustDomain: TrustDomain,
  now: number,
  signingKey: CertificateRequest["signingKey"] | undefined,
): Partial<CertificateRequest> {
  const host = trustDomain.name;
  switch (defect) {
    case "expired":
      return { notBefore: new Date(now - 120_000), notAfter: new Date(now - 60_000) };
    case "not-yet-valid":
      return { notBefore: new Date(now + 3_600_000), notAfter: new Date(now + 7_200_000) };
    case "not-ca":
      return { basicConstraints: { ca: false } };
    case "no-basic-constraints":
      return { basicConstraints: undefined };
    case "no-cert-sign":
      return { keyUsage: { critical: true, bits: ["digitalSignature"] } };
    case "path-length-zero":
      return { basicConstraints: { ca: true, pathLength: 0 } };
    case "excluded-uri":
      return { nameConstraints: { excluded: [{ uri: host }] } };
    case "permitted-uri-elsewhere":
      return { nameConstraints: { permitted: [{ uri: `not-${host}` }] } };
    case "excluded-dns":
      return { nameConstraints: { excluded: [{ dns: "apps.svc" }] } };
    case "directory-constraint":
      return { nameConstraints: { permitted: [{ directory: "somebody" }] } };
    case "other-trust-domain":
      return { uris: [`spiffe://not-${host}`] };
    case "path-in-id":
      return { uris: [`${trustDomain.idString}/ca`] };
    case "many-uri-sans":
      return { uris: Array.from({ length: 33 }, (_, index) => `https://${index}.example`) };
    case "unknown-critical-extension":
      return { unknownCritical: ["1.3.6.1.4.1.99999.1"] };
    case "version-1":
      return { version: 1 };
    case "bad-signature":
      return { signingKey: newKeyPair().privateKey, ...(signingKey && { authorityKey: signingKey }) };
    case "sha1-signature":
      return { signature: "ecdsa-sha1" };
    case "signature-algorithm-mismatch":
      return { attachedSignature: "ecdsa-sha384" };
    case "rsa-1024-key":
    case "p192-key":
    case "secp256k1-key":
      return {};
  }
}
