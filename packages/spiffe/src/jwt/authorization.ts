import { type Clock, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import { type Authorize, authorizer } from "../id/authorize.ts";
import { requireSource } from "../internal/require-source.ts";
import {
  leewayOf,
  type ValidateJwtSvidOptions,
  type VerifiedJwtSvid,
  validateJwtSvid,
  wantedAudiences,
} from "../svid/validate-jwt-svid.ts";

/** Who is let in by a JWT-SVID. */
export interface JwtAuthOptions
  extends Pick<ValidateJwtSvidOptions, "audience" | "leewaySeconds" | "maxTokenBytes" | "maxAudiences"> {
  /** Keys by trust domain, asked at every request: a `JwtSource`, a `BundleSource`, a set or a bundle. */
  readonly source: ValidateJwtSvidOptions["bundles"];
  /** Which callers are admitted. Required: there is no default. */
  readonly authorize: Authorize;
  readonly clock?: Clock | undefined;
}

/**
 * A function that judges the value of an `Authorization` header, for servers that {@link jwtAuth} does not fit.
 *
 * The function throws a {@link SpiffeError}: `jwt-missing` without a bearer token, a `JwtErrorCode` for a token that is not
 * valid, `unauthorized` for a caller that is not admitted, and what the source throws when it has no bundles.
 *
 * @throws TypeError at once for options that cannot work.
 *
 * @example
 * ```ts
 * import { authorizationVerifier } from "@idstack/spiffe/jwt";
 * import { TestJwtAuthority } from "@idstack/spiffe/testing";
 * const authority = new TestJwtAuthority("homelab.internal");
 * const verify = authorizationVerifier({ source: authority.bundle, audience: "api", authorize: ["spiffe://homelab.internal/web"] });
 * console.log(`${verify(`Bearer ${authority.token("/web", { audience: "api" })}`).id}`); // "spiffe://homelab.internal/web"
 * ```
 */
export function authorizationVerifier(options: JwtAuthOptions): (header: string | undefined) => VerifiedJwtSvid {
  const { source, audience, authorize, leewaySeconds, maxTokenBytes, maxAudiences, clock = systemClock } = options;
  requireSource(source, ["getJwtBundle"], "a JwtSource");
  wantedAudiences(audience);
  leewayOf({ leewaySeconds });
  const admit = authorizer(authorize);
  return (header) => {
    const token = bearerToken(header);
    const now = clock.now();
    const caller = validateJwtSvid(token, {
      bundles: source,
      audience,
      leewaySeconds,
      maxTokenBytes,
      maxAudiences,
      now,
    });
    admit(caller.id);
    return caller;
  };
}

/** @throws SpiffeError `jwt-missing` (RFC 6750 §2.1) */
function bearerToken(header: string | undefined): string {
  // The scheme is case-insensitive (RFC 7235 §2.1); the pattern is linear whatever it is given.
  const token = header === undefined ? undefined : /^bearer ([^ ]+)$/i.exec(header)?.[1];
  if (token !== undefined) return token;
  const found =
    header === undefined ? "there is no Authorization header" : "the Authorization header is no Bearer token";
  throw new SpiffeError("jwt-missing", `${found} (JWT-SVID, token transmission)`, {
    section: "JWT-SVID, token transmission",
  });
}
