import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import type { JsonRecord } from "../internal/proto/struct.ts";

/** Signs the JWT-SVIDs of a development trust domain: ES256 only. */
export class JwtAuthority {
  readonly #privateKey: KeyObject;
  readonly #kid: string;
  /** The bundle (SPIFFE_Trust_Domain_and_Bundle §4): one key with `use: jwt-svid`. */
  readonly jwks: JsonRecord;

  constructor(privateKey: KeyObject) {
    const { kty = "", crv = "", x = "", y = "" } = createPublicKey(privateKey).export({ format: "jwk" });
    this.#privateKey = privateKey;
    this.#kid = createHash("sha256").update(`${x}.${y}`).digest("base64url").slice(0, 16);
    this.jwks = { keys: [{ kty, crv, x, y, kid: this.#kid, use: "jwt-svid" }] };
  }

  /** A token with the claims of JWT-SVID §3. `now` in milliseconds. */
  issue(subject: string, audience: readonly string[], now: number, ttlSeconds: number): string {
    const iat = Math.floor(now / 1000);
    const header = encode({ alg: "ES256", kid: this.#kid, typ: "JWT" });
    const claims = encode({ sub: subject, aud: [...audience], iat, exp: iat + ttlSeconds });
    const signature = sign("sha256", Buffer.from(`${header}.${claims}`), {
      key: this.#privateKey,
      dsaEncoding: "ieee-p1363",
    });
    return `${header}.${claims}.${signature.toString("base64url")}`;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
