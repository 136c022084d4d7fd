import type { SpiffeId } from "../id/spiffe-id.ts";
import { OID } from "../internal/x509/fields.ts";
import { type CertificateRequest, newKeyPair } from "../internal/x509/mint.ts";

/** What can be wrong with an SVID, named after the defect. */
export type SvidDefect =
  | "expired"
  | "not-yet-valid"
  /** basicConstraints says cA=true. */
  | "ca-flag"
  | "key-cert-sign"
  | "crl-sign"
  | "no-key-usage"
  | "key-usage-not-critical"
  | "no-digital-signature"
  | "server-auth-only"
  | "no-uri-san"
  | "two-uri-sans"
  /** The URI SAN is an https URL. */
  | "https-uri"
  /** The SPIFFE ID has no path: `spiffe://td`. */
  | "no-path"
  /** The SPIFFE ID has a root path only: `spiffe://td/`. */
  | "root-path"
  | "san-not-critical"
  | "unknown-critical-extension"
  /** Names the right issuer but is signed by another key. */
  | "bad-signature"
  /** The private key belongs to another certificate. */
  | "key-mismatch";

/** Turns a sound certificate request into one with this defect. */
export function applyDefect(
  request: CertificateRequest,
  defect: SvidDefect,
  { id, now }: { readonly id: SpiffeId; readonly now: number },
): CertificateRequest {
  const domain = id.trustDomain.idString;
  switch (defect) {
    case "expired":
      return { ...request, notBefore: new Date(now - 120_000), notAfter: new Date(now - 60_000) };
    case "not-yet-valid":
      return { ...request, notBefore: new Date(now + 3_600_000), notAfter: new Date(now + 7_200_000) };
    case "ca-flag":
      return { ...request, basicConstraints: { ca: true } };
    case "key-cert-sign":
      return { ...request, keyUsage: { critical: true, bits: ["digitalSignature", "keyCertSign"] } };
    case "crl-sign":
      return { ...request, keyUsage: { critical: true, bits: ["digitalSignature", "cRLSign"] } };
    case "no-key-usage":
      return { ...request, keyUsage: undefined };
    case "key-usage-not-critical":
      return { ...request, keyUsage: { critical: false, bits: ["digitalSignature"] } };
    case "no-digital-signature":
      return { ...request, keyUsage: { critical: true, bits: [] } };
    case "server-auth-only":
      return { ...request, extendedKeyUsage: [OID.serverAuth] };
    case "no-uri-san":
      return { ...request, uris: [], dnsNames: ["web.apps.svc"] };
    case "two-uri-sans":
      return { ...request, uris: [id.toString(), `${domain}/another`] };
    case "https-uri":
      return { ...request, uris: ["https://example.org/web"] };
    case "no-path":
      return { ...request, uris: [domain] };
    case "root-path":
      return { ...request, uris: [`${domain}/`] };
    case "san-not-critical":
      return { ...request, sanCritical: false };
    case "unknown-critical-extension":
      return { ...request, unknownCritical: ["1.3.6.1.4.1.99999.1"] };
    case "bad-signature":
      return { ...request, signingKey: newKeyPair().privateKey, authorityKey: request.signingKey };
    case "key-mismatch":
      return request;
  }
}
