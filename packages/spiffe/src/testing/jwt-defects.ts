import { createHmac, type KeyObject } from "node:crypto";
import type { JwtAlgorithm } from "../internal/jwt/algorithms.ts";
import { newJwtKey, signJwt } from "../internal/jwt/sign.ts";

/** What can be wrong with a JWT-SVID, named after the defect. */
export type JwtDefect =
  | "expired"
  | "not-yet-valid"
  | "issued-in-future"
  | "no-expiry"
  | "expiry-not-a-number"
  | "no-audience"
  | "audience-not-a-string"
  | "too-many-audiences"
  | "no-subject"
  /** `sub` is an https URL. */
  | "subject-not-spiffe"
  /** Unsigned, `alg: none`. */
  | "alg-none"
  /** An HMAC with the public key as its secret, `alg: HS256`. */
  | "alg-hmac"
  | "alg-eddsa"
  /** An algorithm of the list that does not fit the key. */
  | "alg-unfit"
  /** `typ: at+jwt`. */
  | "typ-other"
  | "critical-header"
  | "unknown-kid"
  /** Signed by the key of somebody else. */
  | "foreign-key"
  | "tampered-header"
  | "tampered-payload"
  | "tampered-signature"
  | "no-signature"
  /** `sub` appears twice. */
  | "duplicate-claim"
  | "padded-base64"
  | "payload-not-json"
  /** JWS JSON serializations. */
  | "json-flattened"
  | "json-general"
  /** Five parts, as an encrypted token has. */
  | "five-parts";

/** What a token is made of before it is signed. */
export interface JwtRequest {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly alg: JwtAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Signs a request with one thing wrong about it; `now` in seconds. */
export function signWithDefect(request: JwtRequest, defect: JwtDefect, now: number): string {
  const { header, claims, alg, privateKey, publicKey } = request;
  const withClaims = (changed: Record<string, unknown>): string =>
    signJwt(alg, privateKey, header, { ...claims, ...changed });
  const withHeader = (changed: Record<string, unknown>): string =>
    signJwt(alg, privateKey, { ...header, ...changed }, claims);
  const [head = "", body = "", signature = ""] = signJwt(alg, privateKey, header, claims).split(".");
  switch (defect) {
    case "expired":
      return withClaims({ iat: now - 7200, exp: now - 3600 });
    case "not-yet-valid":
      return withClaims({ nbf: now + 3600 });
    case "issued-in-future":
      return withClaims({ iat: now + 3600, exp: now + 7200 });
    case "no-expiry":
      return withClaims({ exp: undefined });
    case "expiry-not-a-number":
      return withClaims({ exp: String(now + 3600) });
    case "no-audience":
      return withClaims({ aud: undefined });
    case "audience-not-a-string":
      return withClaims({ aud: [claims["aud"], 7].flat() });
    case "too-many-audiences":
      return withClaims({ aud: [claims["aud"], Array.from({ length: 32 }, (_, at) => `a${at}`)].flat(2) });
    case "no-subject":
      return withClaims({ sub: undefined });
    case "subject-not-spiffe":
      return withClaims({ sub: "https://example.org/web" });
    case "alg-none":
      return `${encode({ ...header, alg: "none" })}.${body}.`;
    case "alg-hmac":
      return hmacSigned(header, body, publicKey);
    case "alg-eddsa":
      return withHeader({ alg: "EdDSA" });
    case "alg-unfit":
      return withHeader({ alg: alg === "ES256" ? "RS256" : "ES256" });
    case "typ-other":
      return withHeader({ typ: "at+jwt" });
    case "critical-header":
      return withHeader({ crit: ["urn:example:unknown"], "urn:example:unknown": true });
    case "unknown-kid":
      return withHeader({ kid: "unknown" });
    case "foreign-key":
      return signJwt(alg, newJwtKey(alg).privateKey, header, claims);
    case "tampered-header":
      return `${encode({ ...header, jku: "https://example.org" })}.${body}.${signature}`;
    case "tampered-payload":
      return `${head}.${encode({ ...claims, admin: true })}.${signature}`;
    case "tampered-signature":
      return `${head}.${body}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    case "no-signature":
      return `${head}.${body}.`;
    case "duplicate-claim":
      return signJwt(alg, privateKey, header, `{"sub":"spiffe://other.internal/x",${JSON.stringify(claims).slice(1)}`);
    case "padded-base64":
      return `${head}.${body}.${signature}==`;
    case "payload-not-json":
      return signJwt(alg, privateKey, header, "sub=web");
    case "json-flattened":
      return JSON.stringify({ protected: head, payload: body, signature });
    case "json-general":
      return JSON.stringify({ payload: body, signatures: [{ protected: head, signature }] });
    case "five-parts":
      return `${head}..${body}.${signature}.${signature}`;
  }
}

function hmacSigned(header: JwtRequest["header"], body: string, publicKey: KeyObject): string {
  const signed = `${encode({ ...header, alg: "HS256" })}.${body}`;
  const secret = publicKey.export({ type: "spki", format: "pem" });
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
