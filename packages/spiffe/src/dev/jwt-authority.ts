import { createHash, createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from "node:crypto";
import type { JsonObject } from "@bufbuild/protobuf";

/** A JWKS document by trust domain ID. */
export type JwksByTrustDomain = ReadonlyMap<string, JsonObject>;

/** Signs and validates the JWT-SVIDs of a development trust domain: ES256 only. */
export class JwtAuthority {
  readonly #privateKey: KeyObject;
  readonly #kid: string;
  /** The bundle (SPIFFE_Trust_Domain_and_Bundle §4): one key with `use: jwt-svid`. */
  readonly jwks: JsonObject;

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

/**
 * Validates a token that a development authority issued. Libraries validate with the full rules of JWT-SVID; this is
 * what the development agent answers with.
 *
 * @throws Error whose message names the fault.
 */
export function validateDevJwt(
  token: string,
  audience: string,
  bundles: JwksByTrustDomain,
  now: number,
): JsonObject & { sub: string } {
  const [header = "", payload = "", signature = "", ...rest] = token.split(".");
  if (rest.length > 0 || signature === "") throw new Error("not a JWS in compact serialization");
  const { alg, kid } = decode(header);
  if (alg !== "ES256") throw new Error("the development agent signs with ES256 only");
  const claims = decode(payload);
  const { sub, aud, exp } = claims;
  if (typeof sub !== "string") throw new Error("sub is missing");
  const jwks = bundles.get(sub.split("/").slice(0, 3).join("/"));
  const keys = (jwks?.["keys"] ?? []) as JsonObject[];
  const key = keys.find((candidate) => candidate["kid"] === kid && candidate["use"] === "jwt-svid");
  if (key === undefined) throw new Error("no key of sub's trust domain verifies it");
  const publicKey = createPublicKey({ key: key as JsonWebKey, format: "jwk" });
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"))) {
    throw new Error("the signature is wrong");
  }
  if (typeof exp !== "number" || exp * 1000 < now) throw new Error("it has expired");
  if (!(Array.isArray(aud) ? aud : [aud]).includes(audience)) throw new Error("it was issued for another audience");
  return { ...claims, sub };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(part: string): JsonObject {
  const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
  if (typeof value !== "object" || value === null) throw new Error("not a JSON object");
  return value as JsonObject;
}
