import type { KeyObject } from "node:crypto";
import type { TrustDomain } from "../id/trust-domain.ts";
import { BundleMap } from "../internal/bundle-map.ts";
import { isObject } from "../internal/json.ts";
import type { JwtAlgorithm } from "../internal/jwt/algorithms.ts";
import { jwkOf, jwtAuthorityOf } from "../internal/jwt/jwk.ts";
import { type JwksOptions, keysOf, readDocument, readKeys } from "../internal/jwt/jwks.ts";

/** A public key that signs JWT-SVIDs of a trust domain. */
export interface JwtAuthority {
  /** `kid` of the JWK, by which tokens name their key. A key without one is tried for tokens without one. */
  readonly keyId?: string;
  /** RSA of at least 2048 bits, or P-256, P-384 or P-521. */
  readonly publicKey: KeyObject;
  /** `alg` of the JWK: the only algorithm that this key may be used with. */
  readonly algorithm?: JwtAlgorithm;
}

/** The JWT keys of one trust domain. An empty list trusts nothing. */
export interface JwtBundle {
  readonly trustDomain: TrustDomain;
  readonly authorities: readonly JwtAuthority[];
}

/**
 * Gives the JWT keys of *one* trust domain, or undefined when that trust domain is not trusted (SPIFFE_Workload_API §6.3).
 *
 * Implemented by `JwtSource`, `BundleSource`, `BundleStore`, every set, and every bundle that this package parsed.
 */
export interface JwtBundleSource {
  getJwtBundle(trustDomain: TrustDomain): JwtBundle | undefined;
}

/** Options of {@link parseJwtBundle}. */
export interface ParseJwtBundleOptions extends JwksOptions {
  /**
   * Accepts keys that state no `use`, as long as no key of the document states one: a JWK Set that holds JWT keys by
   * definition. That is what SPIRE sends over the Workload API and go-spiffe writes to files. Default false: keys without
   * `use: "jwt-svid"` are ignored (JWT-SVID §6.2).
   */
  readonly acceptMissingUse?: boolean | undefined;
}

/**
 * Reads a JWK Set with the JWT keys of a trust domain. Keys of an unknown type or another use are ignored one by one, broken
 * ones reported to `onIgnored`; a document without a usable key is a bundle that trusts nothing.
 *
 * @throws {@link SpiffeError} `bundle-malformed` if the document is no JWK Set or has a member twice, `bundle-too-large`.
 *
 * @example
 * ```ts
 * import { parseJwtBundle, TrustDomain } from "@idstack/spiffe";
 * const bundle = parseJwtBundle(TrustDomain.parse("homelab.internal"), '{"keys": []}');
 * console.log(bundle.authorities.length); // 0
 * ```
 */
export function parseJwtBundle(
  trustDomain: TrustDomain,
  jwks: string | Uint8Array,
  options: ParseJwtBundleOptions = {},
): JwtBundle & JwtBundleSource {
  const what = `the JWT bundle of ${trustDomain.idString}`;
  const keys = keysOf(what, readDocument(what, jwks, options));
  const plain = options.acceptMissingUse === true && keys.every((key) => isObject(key) && key["use"] === undefined);
  return jwtBundle(trustDomain, readKeys(trustDomain, keys, plain ? () => true : isJwtUse, jwtAuthorityOf, options));
}

/** The JWK Set of a bundle: public keys with `kid` and `use: "jwt-svid"` (SPIFFE_Trust_Domain_and_Bundle §4). */
export function marshalJwtBundle({ authorities }: JwtBundle): string {
  return JSON.stringify({ keys: authorities.map(jwtJwk) });
}

/** @internal */
export function isJwtUse(use: unknown): boolean {
  return use === "jwt-svid";
}

/** @internal */
export function jwtJwk({ keyId, publicKey, algorithm }: JwtAuthority): object {
  return {
    use: "jwt-svid",
    ...(keyId !== undefined && { kid: keyId }),
    ...jwkOf(publicKey),
    ...(algorithm !== undefined && { alg: algorithm }),
  };
}

/** A bundle that is also a source of itself. A copy with other authorities answers with those, hence `this`. */
export function jwtBundle(trustDomain: TrustDomain, authorities: readonly JwtAuthority[]): JwtBundle & JwtBundleSource {
  return {
    trustDomain,
    authorities,
    getJwtBundle(wanted) {
      return wanted.equals(this.trustDomain) ? this : undefined;
    },
  };
}

/**
 * JWT bundles by trust domain. Like {@link X509BundleSet} it never changes.
 *
 * @example
 * ```ts
 * import { JwtBundleSet, TrustDomain } from "@idstack/spiffe";
 * const home = TrustDomain.parse("homelab.internal");
 * console.log(new JwtBundleSet().with({ trustDomain: home, authorities: [] }).has(home)); // true
 * ```
 */
export class JwtBundleSet extends BundleMap<JwtBundle> implements JwtBundleSource {
  getJwtBundle(trustDomain: TrustDomain): JwtBundle | undefined {
    return this.get(trustDomain);
  }

  /** This set with `bundle` in place of the one of its trust domain. */
  with(bundle: JwtBundle): JwtBundleSet {
    return new JwtBundleSet([bundle, ...this.others(bundle.trustDomain)]);
  }

  /** This set without the bundle of a trust domain. */
  without(trustDomain: TrustDomain): JwtBundleSet {
    return new JwtBundleSet(this.others(trustDomain));
  }
}
