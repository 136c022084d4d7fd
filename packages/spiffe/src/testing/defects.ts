import type { SpiffeId } from "../id/spiffe-id.ts";
import { OID } from "../internal/x509/fields.ts";
import { type CertificateRequest, extension, type KeyKind, newKeyPair } from "../internal/x509/mint.ts";
import type { CaDefect } from "./ca-defects.ts";

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
  | "client-auth-only"
  | "no-uri-san"
  | "two-uri-sans"
  /** The URI SAN is an https URL. */
  | "https-uri"
  /** The SPIFFE ID has no path: `spiffe://td`. */
  | "no-path"
  /** The SPIFFE ID has a root path only: `spiffe://td/`. */
  | "root-path"
  /** The SPIFFE ID has 2049 bytes. */
  | "long-id"
  /** The SPIFFE ID names its trust domain in upper case. */
  | "malformed-id"
  | "san-not-critical"
  | "unknown-critical-extension"
  /** The key usage extension holds bytes that are no DER. */
  | "malformed-extension"
  /** Version 1, which knows no extensions. */
  | "version-1"
  /** Names the right issuer but is signed by another key. */
  | "bad-signature"
  | "sha1-signature"
  /** Issued by an intermediate CA with an RSA key. */
  | "md5-signature"
  /** Another signature algorithm is attached than the one that is signed. */
  | "signature-algorithm-mismatch"
  | "rsa-1024-key"
  | "p192-key"
  /** A key on secp256k1, which neither TLS nor go-spiffe knows. */
  | "secp256k1-key"
  /** A key that is no point of its curve. */
  | "malformed-key"
  /** The private key belongs to another certificate. */
  | "key-mismatch";

/** The kind of the leaf's key where that is the defect. */
export function defectiveKey(defect: SvidDefect | CaDefect | undefined): KeyKind | undefined {
  if (defect === "rsa-1024-key") return "rsa-1024";
  if (defect === "p192-key") return "ec-p192";
  return defect === "secp256k1-key" ? "ec-secp256k1" : undefined;
}

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
    case "client-auth-only":
      return { ...request, extendedKeyUsage: [OID.clientAuth] };
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
    case "long-id":
      return { ...request, uris: [`${domain}/`.padEnd(2049, "x")] };
    case "malformed-id":
      return { ...request, uris: [id.toString().replace(domain, domain.toUpperCase().replace("SPIFFE", "spiffe"))] };
    case "san-not-critical":
      return { ...request, sanCritical: false };
    case "unknown-critical-extension":
      return { ...request, unknownCritical: ["1.3.6.1.4.1.99999.1"] };
    case "bad-signature":
      return { ...request, signingKey: newKeyPair().privateKey, authorityKey: request.signingKey };
    case "malformed-extension":
      return {
        ...request,
        keyUsage: undefined,
        extensions: [extension(OID.keyUsage, true, Buffer.from("0302", "hex"))],
      };
    case "version-1":
      return { ...request, version: 1 };
    case "sha1-signature":
      return { ...request, signature: request.signingKey.asymmetricKeyType === "rsa" ? "rsa-sha1" : "ecdsa-sha1" };
    case "md5-signature":
      return { ...request, signature: "rsa-md5" };
    case "signature-algorithm-mismatch":
      return { ...request, attachedSignature: "ecdsa-sha384" };
    case "malformed-key":
      return { ...request, publicKeyInfo: offCurve(request.publicKey) };
    case "rsa-1024-key":
    case "p192-key":
    case "secp256k1-key":
    case "key-mismatch":
      return request;
  }
}

function offCurve(publicKey: CertificateRequest["publicKey"]): Buffer {
  const bytes = publicKey.export({ type: "spki", format: "der" });
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return bytes;
}
