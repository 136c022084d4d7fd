import { createPublicKey, type JsonWebKeyInput, verify } from "node:crypto";
import { SpiffeId } from "../id/spiffe-id.ts";
import type { JsonRecord } from "../internal/proto/struct.ts";
import type { JwksByTrustDomain } from "./trust-domain.ts";

/** What SPIRE allows clocks to differ. */
const LEEWAY_SECONDS = 60;

/**
 * Validates a token that a development authority issued, as an agent of SPIRE does, down to its words and its leeway.
 * Libraries validate with the full rules of JWT-SVID; this is what the development agent answers with.
 *
 * @throws Error whose message names the fault.
 */
export function validateDevJwt(
  token: string,
  audience: string,
  bundles: JwksByTrustDomain,
  now: number,
): { readonly id: SpiffeId; readonly claims: JsonRecord } {
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) {
    throw new Error("unable to parse JWT token: compact JWS format must have three parts");
  }
  const [header = "", payload = "", signature = ""] = parts;
  const { alg, kid, crit } = decode(header);
  // Development authorities have P-256 keys only.
  if (alg !== "ES256") throw new Error(`unable to parse JWT token: unexpected signature algorithm ${quote(alg)}`);
  if (crit !== undefined) throw new Error("unsupported critical header");
  if (typeof kid !== "string" || kid === "") throw new Error("token header missing key id");
  const claims = decode(payload);
  const { sub } = claims;
  if (typeof sub !== "string" || sub === "") throw new Error("token missing subject claim");
  if (claims["exp"] === undefined) throw new Error("token missing exp claim");
  const id = subjectId(sub);
  const key = publicKey(bundles, id, kid);
  const signed = Buffer.from(`${header}.${payload}`);
  const given = { key: createPublicKey({ key, format: "jwk" }), dsaEncoding: "ieee-p1363" } as const;
  if (!verify("sha256", signed, given, Buffer.from(signature, "base64url"))) {
    throw new Error("error in cryptographic primitive");
  }
  const audiences = audiencesOf(claims["aud"]);
  if (!audiences.includes(audience)) {
    throw new Error(`expected audience in [${quote(audience)}] (audience=[${audiences.map(quote).join(" ")}])`);
  }
  checkTimes(claims, Math.floor(now / 1000));
  return { id, claims: { ...claims, aud: audiences } };
}

function publicKey(bundles: JwksByTrustDomain, { trustDomain }: SpiffeId, kid: string): JsonWebKeyInput["key"] {
  const jwks = bundles.get(trustDomain.idString);
  if (jwks === undefined) throw new Error(`no keys found for trust domain ${quote(trustDomain.name)}`);
  const keys = jwks["keys"] as JsonRecord[];
  const key = keys.find((candidate) => candidate["kid"] === kid && candidate["use"] === "jwt-svid");
  if (key !== undefined) return key as JsonWebKeyInput["key"];
  throw new Error(`public key ${quote(kid)} not found in trust domain ${quote(trustDomain.name)}`);
}

function subjectId(sub: string): SpiffeId {
  try {
    return SpiffeId.parse(sub);
  } catch (cause) {
    throw new Error(`token has an invalid subject claim: ${(cause as Error).message}`, { cause });
  }
}

function audiencesOf(aud: unknown): string[] {
  const list: unknown[] = Array.isArray(aud) ? aud : aud === undefined ? [] : [aud];
  return list.filter((each) => typeof each === "string");
}

function checkTimes(claims: JsonRecord, now: number): void {
  const time = (name: string): number | undefined => {
    const value = claims[name];
    if (value === undefined || typeof value === "number") return value;
    throw new Error(`expected number value for ${name}`);
  };
  const [exp = 0, nbf = 0, iat = 0] = [time("exp"), time("nbf"), time("iat")];
  if (now - LEEWAY_SECONDS > exp) throw new Error("token has expired");
  if (now + LEEWAY_SECONDS < nbf) throw new Error("validation failed, token not valid yet (nbf)");
  if (now + LEEWAY_SECONDS < iat) throw new Error("validation field, token issued in the future (iat)");
}

function decode(part: string): JsonRecord {
  const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
  if (typeof value !== "object" || value === null) throw new Error("not a JSON object");
  return value as JsonRecord;
}

function quote(value: unknown): string {
  return JSON.stringify(value) ?? '""';
}
