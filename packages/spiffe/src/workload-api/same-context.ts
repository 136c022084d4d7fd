import type { X509Certificate } from "node:crypto";
import type { JwtBundleSet } from "../bundle/jwt-bundle.ts";
import type { X509BundleSet } from "../bundle/x509-bundle.ts";
import type { X509Context, X509Svid } from "../svid/x509-svid.ts";

/** Do two messages hold the same identities and bundles? Then the second one is no update. */
export function sameContext(a: X509Context, b: X509Context): boolean {
  return (
    sameSvid(a.svid, b.svid) &&
    a.svids.length === b.svids.length &&
    a.svids.every((svid, at) => sameSvid(svid, b.svids[at])) &&
    sameX509Bundles(a.bundles, b.bundles)
  );
}

/** In milliseconds since the epoch: of the certificate in the chain that expires first. */
export function expiryOf({ certificates }: X509Svid): number {
  return Math.min(...certificates.map(({ validTo }) => Date.parse(validTo)));
}

/** The key belongs to the leaf, so the same leaf means the same key. */
function sameSvid(a: X509Svid, b: X509Svid | undefined): boolean {
  return b !== undefined && a.hint === b.hint && sameCertificates(a.certificates, b.certificates);
}

export function sameX509Bundles(a: X509BundleSet, b: X509BundleSet): boolean {
  if (a.size !== b.size) return false;
  for (const { trustDomain, authorities } of a) {
    const other = b.get(trustDomain);
    if (other === undefined || !sameCertificates(authorities, other.authorities)) return false;
  }
  return true;
}

/** Documents that did not change keep their parsed bundles, see `JwtBundleReader`. */
export function sameJwtBundles(a: JwtBundleSet, b: JwtBundleSet): boolean {
  return a.size === b.size && [...a].every((bundle) => b.get(bundle.trustDomain) === bundle);
}

function sameCertificates(a: readonly X509Certificate[], b: readonly X509Certificate[]): boolean {
  return a.length === b.length && a.every((certificate, at) => certificate.raw.equals(b[at]?.raw ?? Buffer.of()));
}
