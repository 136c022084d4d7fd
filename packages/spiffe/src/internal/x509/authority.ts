import type { KeyObject, X509Certificate } from "node:crypto";
import type { TrustDomain } from "../../id/trust-domain.ts";
import { OID } from "./fields.ts";
import { type CertificateRequest, type KeyPair, mintCertificate, newKeyPair } from "./mint.ts";

/** A signing certificate and what hangs above it. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
  readonly name: string;
  /** Certificates a leaf has to send along: this authority and those above it, without the root. */
  readonly chain: readonly X509Certificate[];
}

const DAY = 24 * 60 * 60 * 1000;
/** Certificates are dated back a little: clocks of two machines differ. */
export const BACKDATE_MS = 10_000;

/** What every CA certificate of ours has in common (X509-SVID §4). */
function caRequest(
  trustDomain: TrustDomain,
  now: number,
): Pick<CertificateRequest, "basicConstraints" | "keyUsage" | "uris" | "notBefore" | "notAfter"> {
  return {
    basicConstraints: { ca: true },
    keyUsage: { critical: true, bits: ["keyCertSign", "cRLSign"] },
    uris: [trustDomain.idString],
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + 3650 * DAY),
  };
}

/** A self-signed CA for a trust domain, valid for ten years from `now`. */
export function newRoot(
  trustDomain: TrustDomain,
  now: number,
  overrides: Partial<CertificateRequest> = {},
  { publicKey, privateKey }: KeyPair = newKeyPair(),
): Authority {
  const name = overrides.subject ?? `${trustDomain} root`;
  const certificate = mintCertificate({
    ...caRequest(trustDomain, now),
    subject: name,
    issuer: name,
    publicKey,
    signingKey: privateKey,
    ...overrides,
  });
  return { certificate, privateKey, name, chain: [] };
}

/** A CA below `parent`. */
export function newIntermediate(
  parent: Authority,
  trustDomain: TrustDomain,
  now: number,
  overrides: Partial<CertificateRequest> = {},
  { publicKey, privateKey }: KeyPair = newKeyPair(),
): Authority {
  const name = overrides.subject ?? `${trustDomain} intermediate ${parent.chain.length + 1}`;
  const certificate = mintCertificate({
    ...caRequest(trustDomain, now),
    subject: name,
    issuer: parent.name,
    publicKey,
    signingKey: parent.privateKey,
    ...overrides,
  });
  return { certificate, privateKey, name, chain: [certificate, ...parent.chain] };
}

/** The request of a leaf as X509-SVID §2-§4 wants it. */
export function leafRequest(
  issuer: Authority,
  uri: string,
  publicKey: KeyObject,
  validity: { readonly notBefore: Date; readonly notAfter: Date },
): CertificateRequest {
  return {
    subject: "",
    issuer: issuer.name,
    publicKey,
    signingKey: issuer.privateKey,
    ...validity,
    basicConstraints: { ca: false },
    keyUsage: { critical: true, bits: ["digitalSignature"] },
    extendedKeyUsage: [OID.serverAuth, OID.clientAuth],
    uris: [uri],
  };
}
