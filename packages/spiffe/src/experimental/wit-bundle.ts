import type { KeyObject } from "node:crypto";
import type { BundleLimits } from "../bundle/limits.ts";
import { SpiffeError } from "../errors.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import { BundleMap } from "../internal/bundle-map.ts";
import { isObject } from "../internal/json.ts";
import { isKnownKeyType, type Jwk, publicKeyOf } from "../internal/jwt/jwk.ts";
import { keysOf, readDocument } from "../internal/jwt/jwks.ts";

/** The keys that sign the WIT-SVIDs of a trust domain, by key ID. */
export interface WitBundle {
  readonly trustDomain: TrustDomain;
  readonly authorities: ReadonlyMap<string, KeyObject>;
}

/** One WIT bundle per trust domain; they are never merged. */
export class WitBundleSet extends BundleMap<WitBundle> {}

/**
 * Reads a JWK Set: keys with `use: wit-svid` of a known type, the others are ignored. Each needs a `kid` that is its own.
 *
 * @throws SpiffeError `bundle-malformed`, `bundle-too-large`.
 */
export function parseWitBundle(trustDomain: TrustDomain, document: string, limits: BundleLimits = {}): WitBundle {
  const what = `the WIT bundle of ${trustDomain}`;
  const authorities = new Map<string, KeyObject>();
  for (const key of keysOf(what, readDocument(what, document, limits))) {
    if (!isObject(key) || key["use"] !== "wit-svid" || !isKnownKeyType(key["kty"])) continue;
    const { kid } = key as Jwk;
    if (typeof kid !== "string" || kid === "") throw malformed(what, "a key has no kid");
    if (authorities.has(kid)) throw malformed(what, "two keys have one kid");
    try {
      authorities.set(kid, publicKeyOf(key));
    } catch (cause) {
      throw malformed(what, (cause as Error).message);
    }
  }
  return { trustDomain, authorities };
}

function malformed(what: string, reason: string): SpiffeError {
  return new SpiffeError("bundle-malformed", `${what} cannot be used: ${reason} (WIT-SVID, Incubating)`);
}
