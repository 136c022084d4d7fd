import { parseJwtBundle } from "../bundle/jwt-bundle.ts";
import { type AnyBundleSource, parseSpiffeBundle, type SpiffeBundle, spiffeBundle } from "../bundle/spiffe-bundle.ts";
import { parseX509Bundle } from "../bundle/x509-bundle.ts";
import type { TrustDomain } from "../id/trust-domain.ts";

/**
 * Reads whatever a file holds for a trust domain: CA certificates in PEM or DER, a SPIFFE bundle, or a JWK Set whose keys
 * state no use, which is how go-spiffe writes JWT bundles.
 */
export function readBundleFile(trustDomain: TrustDomain, bytes: Uint8Array): SpiffeBundle & AnyBundleSource {
  if (!isJson(bytes)) {
    const { authorities } = parseX509Bundle(trustDomain, bytes);
    return spiffeBundle({ trustDomain, x509Authorities: authorities, jwtAuthorities: [] });
  }
  const bundle = parseSpiffeBundle(trustDomain, bytes);
  const { authorities } = parseJwtBundle(trustDomain, bytes, { acceptMissingUse: true });
  return spiffeBundle({ ...bundle, jwtAuthorities: authorities });
}

/** White space and then a brace. */
export function isJson(bytes: Uint8Array): boolean {
  return bytes.find((octet) => octet > 0x20) === 0x7b;
}
