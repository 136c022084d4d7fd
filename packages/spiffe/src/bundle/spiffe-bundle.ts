import { X509Certificate } from "node:crypto";
import type { TrustDomain } from "../id/trust-domain.ts";
import { BundleMap } from "../internal/bundle-map.ts";
import { type Jwk, jwkOf, jwtAuthorityOf, publicKeyOf } from "../internal/jwt/jwk.ts";
import { type JwksOptions, keysOf, malformedBundle, readDocument, readKeys } from "../internal/jwt/jwks.ts";
import { fieldsOf } from "../internal/x509/fields.ts";
import { isJwtUse, type JwtAuthority, type JwtBundle, type JwtBundleSource, jwtBundle, jwtJwk } from "./jwt-bundle.ts";
import { type X509Bundle, type X509BundleSource, x509Bundle } from "./x509-bundle.ts";

/** Everything a trust domain is trusted by: the content of a SPIFFE bundle document (SPIFFE_Trust_Domain_and_Bundle §4). */
export interface SpiffeBundle {
  readonly trustDomain: TrustDomain;
  readonly x509Authorities: readonly X509Certificate[];
  readonly jwtAuthorities: readonly JwtAuthority[];
  /** `spiffe_sequence`: grows with every change. */
  readonly sequenceNumber?: bigint;
  /** `spiffe_refresh_hint`: how often a consumer should look for changes. */
  readonly refreshHintSeconds?: number;
}

/** Gives the whole bundle of *one* trust domain. */
export interface SpiffeBundleSource {
  getSpiffeBundle(trustDomain: TrustDomain): SpiffeBundle | undefined;
}

/** All three one-method interfaces of bundles at once. */
export interface AnyBundleSource extends SpiffeBundleSource, X509BundleSource, JwtBundleSource {}

/**
 * Reads a SPIFFE bundle document. A key of an unknown `kty` or `use` is ignored; of an `x509-svid` key the first `x5c` entry
 * counts, without one the key is ignored; a broken key is left out and reported to `onIgnored`.
 *
 * @throws {@link SpiffeError} `bundle-malformed` if the document is no JWK Set, has a member twice, or its sequence or refresh
 * hint is no natural number; `bundle-too-large`.
 *
 * @example
 * ```ts
 * import { marshalSpiffeBundle, parseSpiffeBundle } from "@idstack/spiffe";
 * import { TestCa } from "@idstack/spiffe/testing";
 * const { trustDomain, authorities } = new TestCa("homelab.internal").bundle;
 * const text = marshalSpiffeBundle({ trustDomain, x509Authorities: authorities, jwtAuthorities: [], sequenceNumber: 7n });
 * console.log(parseSpiffeBundle(trustDomain, text).sequenceNumber); // 7n
 * ```
 */
export function parseSpiffeBundle(
  trustDomain: TrustDomain,
  document: string | Uint8Array,
  options: JwksOptions = {},
): SpiffeBundle & AnyBundleSource {
  const what = `the bundle of ${trustDomain.idString}`;
  return readSpiffeBundle(trustDomain, readDocument(what, document, options), options);
}

/** @internal */
export function readSpiffeBundle(
  trustDomain: TrustDomain,
  document: Jwk,
  options: JwksOptions,
): SpiffeBundle & AnyBundleSource {
  const what = `the bundle of ${trustDomain.idString}`;
  const keys = keysOf(what, document);
  const sequence = natural(what, document, "spiffe_sequence");
  const hint = natural(what, document, "spiffe_refresh_hint");
  return spiffeBundle({
    trustDomain,
    x509Authorities: readKeys(trustDomain, keys, (use) => use === "x509-svid", certificateOf, options).flat(),
    jwtAuthorities: readKeys(trustDomain, keys, isJwtUse, jwtAuthorityOf, options),
    ...(sequence !== undefined && { sequenceNumber: sequence }),
    ...(hint !== undefined && { refreshHintSeconds: Number(hint) }),
  });
}

/** A bundle that is also a source of itself. A copy with other authorities answers with those, hence `this`. */
export function spiffeBundle(bundle: SpiffeBundle): SpiffeBundle & AnyBundleSource {
  return {
    ...bundle,
    getX509Bundle(wanted) {
      return wanted.equals(this.trustDomain) ? x509Part(this) : undefined;
    },
    getJwtBundle(wanted) {
      return wanted.equals(this.trustDomain) ? jwtPart(this) : undefined;
    },
    getSpiffeBundle(wanted) {
      return wanted.equals(this.trustDomain) ? this : undefined;
    },
  };
}

function x509Part({ trustDomain, x509Authorities }: SpiffeBundle): X509Bundle {
  return x509Bundle(trustDomain, x509Authorities);
}

function jwtPart({ trustDomain, jwtAuthorities }: SpiffeBundle): JwtBundle {
  return jwtBundle(trustDomain, jwtAuthorities);
}

/** The SPIFFE bundle document, as a bundle endpoint serves it. */
export function marshalSpiffeBundle(bundle: SpiffeBundle): string {
  const { x509Authorities, jwtAuthorities, sequenceNumber, refreshHintSeconds } = bundle;
  const keys = [...x509Authorities.map(x509Jwk), ...jwtAuthorities.map(jwtJwk)];
  const members = [`"keys":${JSON.stringify(keys)}`];
  if (sequenceNumber !== undefined) members.push(`"spiffe_sequence":${sequenceNumber}`);
  if (refreshHintSeconds !== undefined) members.push(`"spiffe_refresh_hint":${Math.round(refreshHintSeconds)}`);
  return `{${members.join(",")}}`;
}

function x509Jwk(certificate: X509Certificate): object {
  return { use: "x509-svid", ...jwkOf(certificate.publicKey), x5c: [certificate.raw.toString("base64")] };
}

/** None for an entry without `x5c`. @throws Error that names the fault. */
function certificateOf(jwk: Jwk): X509Certificate[] {
  const chain = jwk["x5c"];
  if (chain === undefined || (Array.isArray(chain) && chain.length === 0)) return [];
  const [first] = Array.isArray(chain) ? (chain as unknown[]) : [];
  if (typeof first !== "string") throw new Error("x5c is no list of strings");
  const certificate = readCertificate(first);
  if (!publicKeyOf(jwk).equals(certificate.publicKey)) {
    throw new Error("the key of its certificate is another one (RFC 7517 §4.7)");
  }
  return [certificate];
}

function readCertificate(base64: string): X509Certificate {
  try {
    const certificate = new X509Certificate(Buffer.from(base64, "base64"));
    fieldsOf(certificate);
    return certificate;
  } catch {
    throw new Error("x5c holds no certificate");
  }
}

function natural(what: string, document: Jwk, name: string): bigint | undefined {
  const value = document[name];
  if (value === undefined) return undefined;
  if (typeof value === "bigint" && value >= 0n) return value;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw malformedBundle(what, `${name} is no natural number`);
}

/**
 * SPIFFE bundles by trust domain. Like {@link X509BundleSet} it never changes.
 *
 * @example
 * ```ts
 * import { parseBundleMap, SpiffeBundleSet, TrustDomain } from "@idstack/spiffe";
 * const bundles: SpiffeBundleSet = parseBundleMap('{"trust_domains": {"homelab.internal": {"keys": []}}}');
 * console.log(bundles.getX509Bundle(TrustDomain.parse("homelab.internal"))?.authorities.length); // 0
 * ```
 */
export class SpiffeBundleSet extends BundleMap<SpiffeBundle> implements AnyBundleSource {
  getSpiffeBundle(trustDomain: TrustDomain): SpiffeBundle | undefined {
    return this.get(trustDomain);
  }

  getX509Bundle(trustDomain: TrustDomain): X509Bundle | undefined {
    const bundle = this.get(trustDomain);
    return bundle && x509Part(bundle);
  }

  getJwtBundle(trustDomain: TrustDomain): JwtBundle | undefined {
    const bundle = this.get(trustDomain);
    return bundle && jwtPart(bundle);
  }

  /** This set with `bundle` in place of the one of its trust domain. */
  with(bundle: SpiffeBundle): SpiffeBundleSet {
    return new SpiffeBundleSet([bundle, ...this.others(bundle.trustDomain)]);
  }

  /** This set without the bundle of a trust domain. */
  without(trustDomain: TrustDomain): SpiffeBundleSet {
    return new SpiffeBundleSet(this.others(trustDomain));
  }
}
