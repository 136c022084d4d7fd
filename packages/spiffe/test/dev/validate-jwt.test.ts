import { sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { JwtAuthority } from "../../src/dev/jwt-authority.ts";
import { validateDevJwt } from "../../src/dev/validate-jwt.ts";
import { newKeyPair } from "../../src/internal/x509/mint.ts";

const NOW = 1_700_000_000;
const { privateKey } = newKeyPair();
const { jwks } = new JwtAuthority(privateKey);
const bundles = new Map([["spiffe://homelab.internal", jwks]]);
const [{ kid } = { kid: "" }] = jwks["keys"] as { kid: string }[];
const sound = { sub: "spiffe://homelab.internal/web", aud: ["api"], exp: NOW + 60 };

function forge(claims: object, header: object = {}): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode({ alg: "ES256", kid, ...header })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

const validate = (token: string) => validateDevJwt(token, "api", bundles, NOW * 1000);

// Which words SPIRE uses, and that it decides alike, is shown with the real agent in test-real/.
describe("validateDevJwt", () => {
  it.each([
    ["a single audience", { ...sound, aud: "api" }],
    ["the last second of the leeway", { ...sound, exp: NOW - 60 }],
    ["the leeway before it is valid", { ...sound, nbf: NOW + 60, iat: NOW + 60 }],
  ])("accepts %s, and gives the audience as a list", (_, claims) => {
    const { id, claims: found } = validate(forge(claims));
    expect(`${id}`).toBe(sound.sub);
    expect(found).toEqual({ ...claims, aud: ["api"] });
  });

  it.each<[string, string, object, object?]>([
    ["an expired token", "token has expired", { ...sound, exp: NOW - 61 }],
    ["a token for later", "token not valid yet (nbf)", { ...sound, nbf: NOW + 61 }],
    ["a token from the future", "token issued in the future (iat)", { ...sound, iat: NOW + 61 }],
    ["a time in words", "expected number value for nbf", { ...sound, nbf: "now" }],
    ["no exp", "token missing exp claim", { sub: sound.sub, aud: "api" }],
    ["no sub", "token missing subject claim", { aud: "api", exp: NOW }],
    ["a sub that is no SPIFFE ID", "token has an invalid subject claim", { ...sound, sub: "web" }],
    ["no aud", 'expected audience in ["api"] (audience=[])', { sub: sound.sub, exp: NOW }],
    ["an unknown trust domain", "no keys found for trust domain", { ...sound, sub: "spiffe://other.internal/web" }],
    ["an unknown key", 'public key "x" not found', sound, { kid: "x" }],
    ["no key ID", "token header missing key id", sound, { kid: undefined }],
    ["another algorithm", 'unexpected signature algorithm "none"', sound, { alg: "none" }],
    ["a critical header", "unsupported critical header", sound, { crit: ["x"] }],
  ])("refuses %s", (_, message, claims, header) => {
    expect(() => validate(forge(claims, header))).toThrow(message);
  });

  it.each(["", "a.b", "a.b.c.d", "a.!.c", "a..c", `${forge(sound)}.`, `${forge(sound)}=`])("refuses %j", (token) => {
    expect(() => validate(token)).toThrow("compact JWS format must have three parts");
  });

  it("refuses a signature of other bytes", () => {
    const [header, , signature] = forge(sound).split(".");
    const payload = Buffer.from(JSON.stringify({ ...sound, sub: `${sound.sub}/admin` })).toString("base64url");
    expect(() => validate(`${header}.${payload}.${signature}`)).toThrow("error in cryptographic primitive");
  });
});
