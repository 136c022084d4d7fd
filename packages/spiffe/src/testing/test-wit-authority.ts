import { type KeyObject, randomUUID } from "node:crypto";
import type { WitSvid } from "../experimental/wit-svid.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { newJwtKey, signJwt } from "../internal/jwt/sign.ts";

/** Options of {@link TestWitAuthority.svid}. */
export interface TestWitOptions {
  /** Default 300. */
  readonly ttlSeconds?: number;
  /** Milliseconds since the epoch from which the validity counts. Default: the system clock. */
  readonly now?: number;
  readonly hint?: string;
  /** Added to the claims, or in place of them; `undefined` takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The same for the header. */
  readonly header?: Readonly<Record<string, unknown>>;
}

/**
 * A key of a trust domain that signs WIT-SVIDs (experimental).
 *
 * @example
 * ```ts
 * import { TestWitAuthority } from "@idstack/spiffe/testing";
 * console.log(`${new TestWitAuthority("homelab.internal").svid("/web").id}`); // "spiffe://homelab.internal/web"
 * ```
 */
export class TestWitAuthority {
  readonly trustDomain: TrustDomain;
  readonly keyId = randomUUID();
  readonly #keys = newJwtKey("ES256");

  constructor(trustDomain: string | TrustDomain) {
    this.trustDomain = typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
  }

  /** The bundle as a JWK Set. */
  get jwks(): string {
    return JSON.stringify({ keys: [{ ...publicJwk(this.#keys.publicKey), kid: this.keyId, use: "wit-svid" }] });
  }

  /** A WIT-SVID with a key of its own. @throws SpiffeError `invalid-spiffe-id` */
  svid(path: string, options: TestWitOptions = {}): WitSvid {
    const { ttlSeconds = 300, now = Date.now(), hint } = options;
    const id = SpiffeId.of(this.trustDomain, path);
    const { publicKey, privateKey } = newJwtKey("ES256");
    const exp = Math.floor(now / 1000) + ttlSeconds;
    const cnf = { jwk: { ...publicJwk(publicKey), alg: "ES256" } };
    const header = { alg: "ES256", kid: this.keyId, typ: "wit+jwt", ...options.header };
    const claims = { sub: id.toString(), exp, cnf, ...options.claims };
    const token = signJwt("ES256", this.#keys.privateKey, header, claims);
    const svid = { id, token, privateKey, algorithm: "ES256" as const, expiresAt: exp * 1000 };
    return hint === undefined ? svid : { ...svid, hint };
  }
}

function publicJwk(key: KeyObject): object {
  return key.export({ format: "jwk" });
}
