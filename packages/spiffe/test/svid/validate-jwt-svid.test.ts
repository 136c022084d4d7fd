import { generateKeyPairSync } from "node:crypto";
import {
  type JwtBundle,
  JwtBundleSet,
  parseJwtBundle,
  parseJwtSvidInsecure,
  type SpiffeError,
  type SpiffeErrorCode,
  TrustDomain,
  type ValidateJwtSvidOptions,
  validateJwtSvid,
} from "@idstack/spiffe";
import { type JwtDefect, TestJwtAuthority } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";
import { JWT_ALGORITHMS } from "../../src/internal/jwt/algorithms.ts";
import { signJwt } from "../../src/internal/jwt/sign.ts";

const now = Date.now();
const home = TrustDomain.parse("homelab.internal");
const authority = new TestJwtAuthority(home);
const other = new TestJwtAuthority("other.internal");
const audience = "api";

describe("accepts", () => {
  it.each(JWT_ALGORITHMS)("%s, with and without kid", (algorithm) => {
    for (const keyId of [null, "key"]) {
      const signer = new TestJwtAuthority(home, { algorithm, keyId });
      const { id, ...content } = validate(signer.token("/web", { audience, now }), { bundles: signer.bundle });
      expect(`${id}`).toBe("spiffe://homelab.internal/web");
      expect(content).toMatchObject({ audience: ["api"], expiresAt: Math.floor(now / 1000) * 1000 + 300_000 });
    }
  });

  it("a token without kid by any key of the trust domain, keys with and without kid (JWT-SVID §2.2)", () => {
    const unnamed = new TestJwtAuthority(home, { keyId: null });
    const bundles = joined(new TestJwtAuthority(home, { algorithm: "RS256" }), authority, unnamed);
    for (const signer of [authority, unnamed]) {
      validate(signer.token("/web", { audience, now, header: { kid: undefined } }), { bundles });
    }
  });

  it("two keys of one kid: the one that verifies", () => {
    const first = new TestJwtAuthority(home, { keyId: "same" });
    const second = new TestJwtAuthority(home, { keyId: "same" });
    validate(second.token("/web", { audience, now }), { bundles: joined(first, second) });
  });

  it.each([
    ["typ JOSE", { header: { typ: "JOSE" } }],
    ["no typ", { header: { typ: undefined } }],
    ["header parameters it does not know", { header: { jku: "https://example.org", x: [{}] } }],
    ["an audience that is a string", { claims: { aud: "api" } }],
    ["the own audience among 32", { claims: { aud: ["api", ...Array.from({ length: 31 }, (_, at) => `a${at}`)] } }],
    ["no iat", { claims: { iat: undefined } }],
    ["nbf in the past", { claims: { nbf: Math.floor(now / 1000) - 1 } }],
    ["fractions of seconds", { claims: { exp: now / 1000 + 0.5 } }],
    ["any other claim", { claims: { admin: true, nested: { sub: "x" } } }],
  ])("%s", (_, options) => {
    validate(authority.token("/web", { audience, now, ...options }));
  });

  it("clocks that differ by less than the leeway", () => {
    const token = authority.token("/web", { audience, now, ttlSeconds: 10 });
    const seconds = Math.floor(now / 1000) * 1000;
    validate(token, { now: seconds + 69_999 });
    expect(rejection(token, { now: seconds + 70_000 })).toBe("jwt-expired");
    expect(rejection(token, { now: seconds + 10_000, leewaySeconds: 0 })).toBe("jwt-expired");
    validate(token, { now: seconds + 9999, leewaySeconds: 0 });
    validate(token, { now: seconds - 60_000 });
    expect(rejection(token, { now: seconds - 61_000 })).toBe("jwt-issued-in-future");
  });

  it("several own audiences: one of them is enough", () => {
    const token = authority.token("/web", { audience: ["first", "second"], now });
    validate(token, { audience: ["other", "second"] });
    expect(rejection(token, { audience: ["third"] })).toBe("jwt-audience-mismatch");
  });
});

const codes: Record<JwtDefect, SpiffeErrorCode> = {
  expired: "jwt-expired",
  "not-yet-valid": "jwt-not-yet-valid",
  "issued-in-future": "jwt-issued-in-future",
  "no-expiry": "jwt-expiry-missing",
  "expiry-not-a-number": "jwt-claim-malformed",
  "no-audience": "jwt-audience-missing",
  "audience-not-a-string": "jwt-audience-malformed",
  "too-many-audiences": "jwt-audience-malformed",
  "no-subject": "jwt-subject",
  "subject-not-spiffe": "jwt-subject",
  "alg-none": "jwt-algorithm",
  "alg-hmac": "jwt-algorithm",
  "alg-eddsa": "jwt-algorithm",
  "alg-unfit": "jwt-key-unfit",
  "typ-other": "jwt-type",
  "critical-header": "jwt-critical-header",
  "unknown-kid": "jwt-key-not-found",
  "foreign-key": "jwt-signature",
  "tampered-header": "jwt-signature",
  "tampered-payload": "jwt-signature",
  "tampered-signature": "jwt-signature",
  "no-signature": "jwt-malformed",
  "duplicate-claim": "jwt-malformed",
  "padded-base64": "jwt-malformed",
  "payload-not-json": "jwt-malformed",
  "json-flattened": "jwt-malformed",
  "json-general": "jwt-malformed",
  "five-parts": "jwt-malformed",
};

describe("rejects, each defect with its own code", () => {
  it.each(Object.entries(codes))("%s: %s", (defect, code) => {
    for (const algorithm of ["ES256", "RS256"] as const) {
      const signer = new TestJwtAuthority(home, { algorithm });
      const token = signer.token("/web", { audience, now, defect: defect as JwtDefect });
      const error = failure(token, { bundles: signer.bundle });
      expect(error.code).toBe(code);
      // Nothing of the token, not even a part of it.
      for (const part of token.split(".")) if (part.length > 10) expect(error.message).not.toContain(part);
    }
  });

  it.each([
    ["HS256", "HS384", "HS512", "ES256K", "Ed25519", "NONE", "none", "es256", "", " ES256", "toString", 7, null, {}],
  ])("every alg beside the nine", (...algs) => {
    for (const alg of algs) {
      expect(rejection(authority.token("/web", { audience, now, header: { alg } })), `${alg}`).toBe("jwt-algorithm");
    }
  });

  it("alg before everything else (JWT-SVID §4)", () => {
    const header = { alg: "HS256", typ: "wrong", crit: ["x"] };
    const claims = { sub: undefined, exp: 0 };
    expect(rejection(authority.token("/web", { audience, now, header, claims }))).toBe("jwt-algorithm");
  });

  it("an alg that the JWK of the key does not allow, or of another curve", () => {
    const signer = new TestJwtAuthority(home, { algorithm: "RS256" });
    const [key] = signer.bundle.authorities;
    const only: JwtBundle = { trustDomain: home, authorities: [{ ...key!, algorithm: "RS512" }] };
    const token = signer.token("/web", { audience, now });
    expect(rejection(token, { bundles: new JwtBundleSet([only]) })).toBe("jwt-key-unfit");
    const p384 = new TestJwtAuthority(home, { algorithm: "ES384", keyId: "k" });
    const p256 = new TestJwtAuthority(home, { keyId: "k" });
    expect(rejection(p256.token("/web", { audience, now }), { bundles: p384.bundle })).toBe("jwt-key-unfit");
  });

  it("a key of fewer than 2048 bits (RFC 7518 §3.3), a key that is no key for signatures", () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const claims = { sub: "spiffe://homelab.internal/web", aud: "api", exp: now / 1000 + 60 };
    const token = signJwt("RS256", weak.privateKey, { alg: "RS256" }, claims);
    for (const publicKey of [weak.publicKey, generateKeyPairSync("ed25519").publicKey]) {
      const bundles = new JwtBundleSet([{ trustDomain: home, authorities: [{ publicKey }] }]);
      expect(rejection(token, { bundles })).toBe("jwt-key-unfit");
    }
  });

  it("the key of another trust domain, and a trust domain without a bundle (SPIFFE_Workload_API §6.3)", () => {
    const bundles = new JwtBundleSet([authority.bundle, other.bundle]);
    const sub = "spiffe://homelab.internal/web";
    const forged = other.token("/web", { audience, now, claims: { sub }, header: { kid: undefined } });
    expect(rejection(forged, { bundles })).toBe("jwt-signature");
    expect(rejection(other.token("/web", { audience, now, claims: { sub } }), { bundles })).toBe("jwt-key-not-found");
    expect(rejection(other.token("/web", { audience, now }))).toBe("jwt-no-bundle");
    validate(other.token("/web", { audience, now }), { bundles });
  });

  it("everything of a trust domain without a usable key", () => {
    const bundles = parseJwtBundle(home, '{"keys": []}');
    const token = authority.token("/web", { audience, now });
    expect(rejection(token, { bundles })).toBe("jwt-key-not-found");
    expect(rejection(authority.token("/w", { audience, now, header: { kid: undefined } }), { bundles })).toBe(
      "jwt-key-not-found",
    );
  });

  it.each<[string, Record<string, unknown>, SpiffeErrorCode]>([
    ["an empty audience", { aud: [] }, "jwt-audience-missing"],
    ["an audience that is a number", { aud: 7 }, "jwt-audience-malformed"],
    ["null as audience", { aud: null }, "jwt-audience-malformed"],
    ["an infinite exp", { exp: "1e999" }, "jwt-claim-malformed"],
    ["nbf as a string", { nbf: "0" }, "jwt-claim-malformed"],
    ["iat as a list", { iat: [0] }, "jwt-claim-malformed"],
    ["an exp before 1970", { exp: -1 }, "jwt-expired"],
    ["sub as an object", { sub: {} }, "jwt-subject"],
    ["a sub with a trailing slash", { sub: "spiffe://homelab.internal/web/" }, "jwt-subject"],
    ["a sub with an upper-case trust domain", { sub: "spiffe://Homelab.internal/web" }, "jwt-subject"],
  ])("%s", (_, claims, code) => {
    expect(rejection(authority.token("/web", { audience, now, claims }))).toBe(code);
  });

  it("members that appear twice, also escaped, in header and claims", () => {
    const { keyId } = authority;
    const twice = '{"exp":1,"\\u0065xp":9999999999}';
    const sign = (claims: string): string => `${encode(`{"alg":"ES256","kid":"${keyId}"}`)}.${encode(claims)}.AAAA`;
    expect(rejection(sign(twice))).toBe("jwt-malformed");
    expect(rejection(`${encode('{"alg":"none","alg":"ES256"}')}.${encode("{}")}.AAAA`)).toBe("jwt-malformed");
    // Names in different objects, and texts that look like names, are no duplicates.
    expect(rejection(sign('{"a":{"sub":1},"b":[{"sub":1},"sub","sub"],"c":"\\",\\"c\\":"}'))).toBe("jwt-subject");
  });

  it.each([
    ["nothing", "", "jwt-missing"],
    ["two parts", "a.b", "jwt-malformed"],
    ["empty parts", "..", "jwt-malformed"],
    ["a header that is a list", `${encode("[]")}.${encode("{}")}.AAAA`, "jwt-malformed"],
    [
      "bytes that are no UTF-8",
      `${Buffer.from('{"alg":"ES256","x":"\u00ff"}', "latin1").toString("base64url")}.e30.AAAA`,
      "jwt-malformed",
    ],
    ["a byte order mark", `${encode('\u{feff}{"alg":"ES256"}')}.e30.AAAA`, "jwt-malformed"],
    ["bits left over", `${encode('{"alg":"ES256"}').slice(0, -1)}1.e30.AAAA`, "jwt-malformed"],
    [
      "nesting without end",
      `${encode('{"alg":"ES256"}')}.${encode(`{"a":${"[".repeat(40)}${"]".repeat(40)}}`)}.AAAA`,
      "jwt-malformed",
    ],
    ["kid as a number", `${encode('{"alg":"ES256","kid":7}')}.e30.AAAA`, "jwt-malformed"],
    ["line breaks", "\na.b.c", "jwt-malformed"],
    ["more than 16 KiB", `${"a".repeat(17_000)}.b.c`, "jwt-too-large"],
  ])("%s", (_, token, code) => {
    expect(rejection(token)).toBe(code);
  });
});

it("options that cannot work are TypeErrors", () => {
  const token = authority.token("/web", { audience, now });
  for (const audience of ["", [], [""]]) expect(() => validate(token, { audience })).toThrow(TypeError);
  for (const leewaySeconds of [-1, 301, Number.NaN])
    expect(() => validate(token, { leewaySeconds })).toThrow(TypeError);
  expect(() => validate(undefined as unknown as string)).toThrow(TypeError);
});

it("an own token can be read without keys, expired or not", () => {
  const content = parseJwtSvidInsecure(
    authority.token("/web", { audience: ["a", "b"], now: 0, defect: "foreign-key" }),
  );
  expect(content).toMatchObject({ audience: ["a", "b"], issuedAt: 0, expiresAt: 300_000 });
  expect(() => parseJwtSvidInsecure(authority.token("/web", { audience, defect: "no-expiry" }))).toThrow(
    expect.objectContaining({ code: "jwt-expiry-missing" }),
  );
});

function validate(token: string, options: Partial<ValidateJwtSvidOptions> = {}) {
  return validateJwtSvid(token, { bundles: authority.bundle, audience, now, ...options });
}

function failure(token: string, options: Partial<ValidateJwtSvidOptions> = {}): SpiffeError {
  try {
    validate(token, options);
  } catch (error) {
    return error as SpiffeError;
  }
  throw new Error("the token was accepted");
}

function rejection(token: string, options: Partial<ValidateJwtSvidOptions> = {}): string {
  return failure(token, options).code;
}

function joined(...signers: TestJwtAuthority[]): JwtBundleSet {
  return new JwtBundleSet([{ trustDomain: home, authorities: signers.flatMap(({ bundle }) => bundle.authorities) }]);
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}

it("reads as many audiences as it is told to", () => {
  const authority = new TestJwtAuthority("homelab.internal");
  const audience = Array.from({ length: 40 }, (_, at) => `a${at}`);
  const token = authority.token("/web", { audience });
  const options = { bundles: authority.bundle, audience: "a39" };
  expect(() => validateJwtSvid(token, options)).toThrow(expect.objectContaining({ code: "jwt-audience-malformed" }));
  expect(validateJwtSvid(token, { ...options, maxAudiences: 40 }).audience).toHaveLength(40);
});
