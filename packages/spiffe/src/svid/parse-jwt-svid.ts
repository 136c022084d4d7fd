import type { SpiffeId } from "../id/spiffe-id.ts";
import { audienceOf, expiryOf, subjectOf, timeOf } from "../internal/jwt/claims.ts";
import { readCompact } from "../internal/jwt/compact.ts";
import type { ValidateJwtSvidOptions } from "./validate-jwt-svid.ts";

/** What a JWT-SVID says. */
export interface JwtSvidContent {
  /** `sub`. */
  readonly id: SpiffeId;
  /** `aud`, always as a list. */
  readonly audience: readonly string[];
  /** `exp` in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** `iat` in milliseconds since the epoch. */
  readonly issuedAt?: number;
  /** All claims. A workload's own claims need an agreement with the issuer (JWT-SVID §3). */
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Reads a JWT-SVID **without verifying anything**: neither signature nor expiry nor audience. For one's own token, fresh from
 * the agent; whoever receives a token calls `validateJwtSvid`.
 *
 * @throws {@link SpiffeError} with a `JwtErrorCode` if it does not have the form of a JWT-SVID.
 *
 * @example
 * ```ts
 * import { parseJwtSvidInsecure } from "@idstack/spiffe/jwt";
 * import { TestJwtAuthority } from "@idstack/spiffe/testing";
 * const token = new TestJwtAuthority("homelab.internal").token("/web", { audience: "api" });
 * console.log(`${parseJwtSvidInsecure(token).id}`); // "spiffe://homelab.internal/web"
 * ```
 */
export function parseJwtSvidInsecure(
  token: string,
  { maxAudiences }: Pick<ValidateJwtSvidOptions, "maxAudiences"> = {},
): JwtSvidContent {
  if (typeof token !== "string") throw new TypeError("the token has to be a string");
  const { claims } = readCompact(token);
  const id = subjectOf(claims);
  const issuedAt = timeOf(claims, "iat", id);
  const content = { id, audience: audienceOf(claims, id, maxAudiences), expiresAt: expiryOf(claims, id), claims };
  return issuedAt === undefined ? content : { ...content, issuedAt };
}
