import type { JwtAuthority, JwtBundleSource } from "../bundle/jwt-bundle.ts";
import { SpiffeError, type SpiffeErrorCode } from "../errors.ts";
import type { SpiffeId } from "../id/spiffe-id.ts";
import { clip } from "../id/trust-domain.ts";
import { algorithmsOf, verifySignature } from "../internal/jwt/algorithms.ts";
import { audienceOf, expiryOf, subjectOf, timeOf } from "../internal/jwt/claims.ts";
import { type CompactJwt, MAX_TOKEN_BYTES, readCompact } from "../internal/jwt/compact.ts";
import { MAX_KEYS } from "../internal/jwt/jwks.ts";
import { rememberVerified, wasVerifiedWith } from "../internal/jwt/verified-tokens.ts";
import type { JwtSvidContent } from "./parse-jwt-svid.ts";

/** Options of {@link validateJwtSvid}. */
export interface ValidateJwtSvidOptions {
  /** Keys by trust domain: a `JwtSource`, a `BundleSource`, a set or a bundle. */
  readonly bundles: JwtBundleSource;
  /** Own name, or names, as the callers know it: one of them has to be in the token. */
  readonly audience: string | readonly string[];
  /** Seconds by which clocks may differ, 0 to 300. Default 60, as in SPIRE and go-spiffe (JWT-SVID App. A). */
  readonly leewaySeconds?: number | undefined;
  /** Milliseconds since the epoch. Default: the system clock. */
  readonly now?: number | undefined;
  /** Longer tokens are refused unread. Default 16 KiB. */
  readonly maxTokenBytes?: number | undefined;
  /** Tokens for more audiences are refused. Default 32. */
  readonly maxAudiences?: number | undefined;
}

/** A JWT-SVID whose signature, audience and validity were checked. */
export type VerifiedJwtSvid = JwtSvidContent;

const LEEWAY_SECONDS = 60;
/** "A few minutes" (JWT-SVID App. A). */
const MAX_LEEWAY_SECONDS = 300;

/**
 * Validates a JWT-SVID that somebody presented, offline and synchronously (JWT-SVID §4, SPIFFE_Workload_API §6.3): algorithm,
 * `typ`, `crit`, then the claims, then the signature by a key of the trust domain *that `sub` names*, and no other. With a
 * `kid` the key is selected by it; without one every key of the trust domain that fits is tried. A token that was validated
 * before costs far less: its signature is not computed again while the same key is in the bundle.
 *
 * @throws {@link SpiffeError} with one `JwtErrorCode` per rule; messages never quote the token. `TypeError` for options that
 * cannot work.
 *
 * @example
 * ```ts
 * import { validateJwtSvid } from "@idstack/spiffe/jwt";
 * import { TestJwtAuthority } from "@idstack/spiffe/testing";
 * const authority = new TestJwtAuthority("homelab.internal");
 * const token = authority.token("/web", { audience: "api" });
 * const { id } = validateJwtSvid(token, { bundles: authority.bundle, audience: "api" });
 * console.log(`${id}`); // "spiffe://homelab.internal/web"
 * ```
 */
export function validateJwtSvid(token: string, options: ValidateJwtSvidOptions): VerifiedJwtSvid {
  const { bundles, audience, now = Date.now(), maxTokenBytes = MAX_TOKEN_BYTES, maxAudiences } = options;
  const leeway = leewayOf(options) * 1000;
  const wanted = wantedAudiences(audience);
  if (typeof token !== "string") throw new TypeError("the token has to be a string");
  if (bundles === undefined) throw new TypeError("bundles is required: a JwtSource, a BundleSource or a set");
  const jwt = readCompact(token, maxTokenBytes);
  const { claims } = jwt;
  const id = subjectOf(claims);
  const content = checkClaims(claims, id, audienceOf(claims, id, maxAudiences), wanted, now, leeway);
  const bundle = bundles.getJwtBundle(id.trustDomain);
  if (bundle === undefined) {
    const rule = `there is no JWT bundle for ${id.trustDomain.idString}`;
    throw invalid("jwt-no-bundle", id, rule, "SPIFFE_Workload_API §6.3");
  }
  checkSignature(token, jwt, bundle.authorities, id);
  return content;
}

/** @throws TypeError */
export function leewayOf({ leewaySeconds = LEEWAY_SECONDS }: Pick<ValidateJwtSvidOptions, "leewaySeconds">): number {
  if (leewaySeconds >= 0 && leewaySeconds <= MAX_LEEWAY_SECONDS) return leewaySeconds;
  throw new TypeError(`leewaySeconds has to be between 0 and ${MAX_LEEWAY_SECONDS}`);
}

/** @throws TypeError */
export function wantedAudiences(audience: string | readonly string[]): readonly string[] {
  const wanted = typeof audience === "string" ? [audience] : audience;
  if (Array.isArray(wanted) && wanted.length > 0 && wanted.every((each) => typeof each === "string" && each !== "")) {
    return wanted;
  }
  throw new TypeError("audience is required: the name, or names, by which callers know this service");
}

function checkClaims(
  claims: CompactJwt["claims"],
  id: SpiffeId,
  audience: readonly string[],
  wanted: readonly string[],
  now: number,
  leeway: number,
): JwtSvidContent {
  const expiresAt = expiryOf(claims, id);
  const notBefore = timeOf(claims, "nbf", id);
  const issuedAt = timeOf(claims, "iat", id);
  // NaN compares false: written so that it could only reject.
  if (!(now - leeway < expiresAt)) {
    throw invalid("jwt-expired", id, `expired at ${dateOf(expiresAt)}`, "JWT-SVID §3.3");
  }
  if (notBefore !== undefined && !(notBefore <= now + leeway)) {
    throw invalid("jwt-not-yet-valid", id, `is not valid before ${dateOf(notBefore)}`, "RFC 7519 §4.1.5");
  }
  if (issuedAt !== undefined && !(issuedAt <= now + leeway)) {
    throw invalid("jwt-issued-in-future", id, `was issued in the future, ${dateOf(issuedAt)}`, "RFC 7519 §4.1.6");
  }
  if (!audience.some((entry) => wanted.includes(entry))) {
    const rule = `is for ${quoted(audience)}, not for ${quoted(wanted)}`;
    throw invalid("jwt-audience-mismatch", id, rule, "JWT-SVID §3.2");
  }
  const content = { id, audience, expiresAt, claims };
  return issuedAt === undefined ? content : { ...content, issuedAt };
}

/** One pass over the keys, without lists in between: this runs for every request of a service. */
function checkSignature(token: string, jwt: CompactJwt, authorities: readonly JwtAuthority[], id: SpiffeId): void {
  const { alg, kid } = jwt.header;
  let selected = 0;
  let fitting = 0;
  for (const { keyId, algorithm, publicKey } of authorities) {
    if (kid !== undefined && keyId !== kid) continue;
    selected += 1;
    if ((algorithm !== undefined && algorithm !== alg) || !algorithmsOf(publicKey).has(alg)) continue;
    fitting += 1;
    if (fitting > MAX_KEYS) break;
    if (wasVerifiedWith(token, publicKey)) return;
    if (verifySignature(alg, publicKey, jwt.signed, jwt.signature)) {
      rememberVerified(token, publicKey);
      return;
    }
  }
  const domain = id.trustDomain.idString;
  if (selected === 0) {
    const which = kid === undefined ? "no JWT key" : `no JWT key ${JSON.stringify(clip(kid))}`;
    throw invalid("jwt-key-not-found", id, `cannot be verified: ${domain} has ${which}`, "JWT-SVID §2.2");
  }
  if (fitting === 0) {
    throw invalid("jwt-key-unfit", id, `is signed with ${alg}, which does not fit its key`, "RFC 7518 §3.1");
  }
  throw invalid("jwt-signature", id, `has a signature by none of the keys of ${domain}`, "JWT-SVID §4");
}

function invalid(code: SpiffeErrorCode, id: SpiffeId, rule: string, section: string): SpiffeError {
  const separator = rule.startsWith("there is") ? ": " : " ";
  const message = `the JWT-SVID of ${id}${separator}${rule} (${section})`;
  return new SpiffeError(code, message, { spiffeId: id.toString(), section });
}

function quoted(audiences: readonly string[]): string {
  return clip(audiences.map((each) => JSON.stringify(clip(each))).join(", "));
}

/** Numbers outside of what a date can be are printed as they are. */
function dateOf(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms / 1000} s`;
}
