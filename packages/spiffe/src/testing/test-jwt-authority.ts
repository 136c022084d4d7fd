import { createHash, type KeyObject } from "node:crypto";
import { type JwtBundle, type JwtBundleSource, jwtBundle, marshalJwtBundle } from "../bundle/jwt-bundle.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import type { JwtAlgorithm } from "../internal/jwt/algorithms.ts";
import { newJwtKey, signJwt } from "../internal/jwt/sign.ts";
import { type JwtDefect, signWithDefect } from "./jwt-defects.ts";

/** Options of {@link TestJwtAuthority}. */
export interface TestJwtAuthorityOptions {
  /** Default `ES256`. */
  readonly algorithm?: JwtAlgorithm;
  /** `kid` of the key; `null` for a key and tokens without one. Default: derived from the key. */
  readonly keyId?: string | null;
}

/** Options of {@link TestJwtAuthority.token}. */
export interface TestTokenOptions {
  readonly audience: string | readonly string[];
  /** Default 300. */
  readonly ttlSeconds?: number;
  /** Milliseconds since the epoch from which the validity counts. Default: the system clock. */
  readonly now?: number;
  /** Added to the claims, or in place of them; `undefined` takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The same for the header. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Breaks one rule of the standard. */
  readonly defect?: JwtDefect;
}

/**
 * A JWT key of a trust domain: mints JWT-SVIDs, sound ones and ones with a named defect.
 *
 * @example
 * ```ts
 * import { validateJwtSvid } from "@idstack/spiffe/jwt";
 * import { TestJwtAuthority } from "@idstack/spiffe/testing";
 * const authority = new TestJwtAuthority("homelab.internal");
 * const token = authority.token("/web", { audience: "api", defect: "expired" });
 * try {
 *   validateJwtSvid(token, { bundles: authority.bundle, audience: "api" });
 * } catch (error) {
 *   console.log((error as { code: string }).code); // "jwt-expired"
 * }
 * ```
 */
export class TestJwtAuthority {
  readonly trustDomain: TrustDomain;
  readonly algorithm: JwtAlgorithm;
  readonly keyId: string | undefined;
  readonly #publicKey: KeyObject;
  readonly #privateKey: KeyObject;

  constructor(trustDomain: string | TrustDomain, options: TestJwtAuthorityOptions = {}) {
    this.trustDomain = typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
    this.algorithm = options.algorithm ?? "ES256";
    const { publicKey, privateKey } = newJwtKey(this.algorithm);
    this.#publicKey = publicKey;
    this.#privateKey = privateKey;
    this.keyId = options.keyId === null ? undefined : (options.keyId ?? fingerprint(publicKey));
  }

  /** What validators have to know. */
  get bundle(): JwtBundle & JwtBundleSource {
    const { keyId } = this;
    return jwtBundle(this.trustDomain, [{ publicKey: this.#publicKey, ...(keyId !== undefined && { keyId }) }]);
  }

  /** The bundle as a JWK Set. */
  get jwks(): string {
    return marshalJwtBundle(this.bundle);
  }

  /**
   * A token for `spiffe://<trust domain><path>`.
   *
   * @throws SpiffeError `invalid-spiffe-id` for a malformed path.
   */
  token(path: string, options: TestTokenOptions): string {
    const { audience, ttlSeconds = 300, now = Date.now(), defect } = options;
    const seconds = Math.floor(now / 1000);
    const kid = this.keyId;
    const request = {
      alg: this.algorithm,
      privateKey: this.#privateKey,
      publicKey: this.#publicKey,
      header: { alg: this.algorithm, ...(kid !== undefined && { kid }), typ: "JWT", ...options.header },
      claims: {
        sub: SpiffeId.of(this.trustDomain, path).toString(),
        aud: typeof audience === "string" ? [audience] : [...audience],
        iat: seconds,
        exp: seconds + ttlSeconds,
        ...options.claims,
      },
    };
    if (defect !== undefined) return signWithDefect(request, defect, seconds);
    return signJwt(request.alg, request.privateKey, request.header, request.claims);
  }
}

function fingerprint(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest("base64url").slice(0, 16);
}
