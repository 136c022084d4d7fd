import type { KeyObject } from "node:crypto";
import {
  JwtBundleSet,
  type JwtBundleSource,
  parseBundleMap,
  parseJwtBundle,
  parseSpiffeBundle,
  SpiffeError,
  TrustDomain,
  validateJwtSvid,
} from "@idstack/spiffe";
import { TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import fc from "fast-check";
import { jwtVerify } from "jose";
import { describe, expect, it, vi } from "vitest";
import { jwtBundle } from "../../src/bundle/jwt-bundle.ts";
import { parseUniqueJson } from "../../src/internal/json.ts";
import { JWT_ALGORITHMS } from "../../src/internal/jwt/algorithms.ts";
import { newJwtKey, signJwt } from "../../src/internal/jwt/sign.ts";

/** `IDSTACK_LONG` runs a hundred times as many. */
const long = (process.env["IDSTACK_LONG"] ?? "") !== "";
const numRuns = long ? 30_000 : 300;
if (long) vi.setConfig({ testTimeout: 600_000 });
const home = TrustDomain.parse("homelab.internal");
const authorities = (["ES256", "RS256"] as const).map((algorithm) => new TestJwtAuthority(home, { algorithm }));
const bundles = new JwtBundleSet([
  { trustDomain: home, authorities: authorities.flatMap(({ bundle }) => bundle.authorities) },
]);
const tokens = authorities.map((authority) => authority.token("/web", { audience: "api" }));

function accepted(token: string): boolean {
  return acceptedBy(bundles, token);
}

/** The same question to jose: any key, the same leeway, the same nine algorithms. */
async function acceptedByJose(token: string): Promise<boolean> {
  for (const { bundle } of authorities) {
    for (const { publicKey } of bundle.authorities) {
      try {
        await jwtVerify(token, publicKey, { audience: "api", clockTolerance: 60, algorithms: [...JWT_ALGORITHMS] });
        return true;
      } catch {
        // Perhaps with the next key.
      }
    }
  }
  return false;
}

const edits = fc.array(
  fc.record({
    at: fc.nat(2000),
    how: fc.constantFrom("replace", "insert", "delete", "swap"),
    text: fc.oneof(
      fc.constantFrom(".", "=", "A", "-", "_", "+", "/", " ", "\n", "\0", "é", "\u{1f600}", "e30", "bm9uZQ"),
      fc.string({ maxLength: 4, unit: "binary" }),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutate(text: string, changes: readonly { at: number; how: string; text: string }[]): string {
  return changes.reduce((now, { at, how, text: other }) => {
    const place = at % (now.length + 1);
    if (how === "insert") return now.slice(0, place) + other + now.slice(place);
    if (how === "delete") return now.slice(0, place) + now.slice(place + other.length);
    if (how === "swap") return now.slice(place) + now.slice(0, place);
    return now.slice(0, place) + other + now.slice(place + other.length);
  }, text);
}

describe("nothing crashes, hangs, or is accepted that jose refuses", () => {
  it("tokens as they are", async () => {
    for (const token of tokens) expect([accepted(token), await acceptedByJose(token)]).toEqual([true, true]);
  });

  it("mutated tokens: accepted only if not changed at all", () => {
    fc.assert(
      fc.property(fc.constantFrom(...tokens), edits, (token, changes) => {
        const changed = mutate(token, changes);
        // ECDSA and RSA cover header and claims; base64 has one spelling here; so one token, one text.
        expect(accepted(changed)).toBe(changed === token);
      }),
      { numRuns },
    );
  });

  it("signed tokens with any header and claims", async () => {
    const time = fc.oneof(
      fc.constantFrom(0, -1, 1e12, 1e308, "1", null, true),
      fc.integer({ min: 0, max: 4e9 }),
      fc.double(),
    );
    const claims = fc.record(
      {
        sub: fc.oneof(fc.constant("spiffe://homelab.internal/web"), fc.webUrl(), fc.string(), fc.constant(7)),
        aud: fc.oneof(fc.constantFrom<unknown>("api", ["api"], ["x", "api"], [], [7, "api"], {}), fc.string()),
        exp: fc.oneof(fc.constant(4e9), time),
        nbf: fc.oneof(fc.constant(0), time),
        iat: fc.oneof(fc.constant(0), time),
        extra: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const header = fc.record(
      {
        alg: fc.oneof(fc.constant("ES256"), fc.constantFrom(...JWT_ALGORITHMS, "none", "HS256", "EdDSA"), fc.string()),
        kid: fc.oneof(fc.constant(authorities[0]!.keyId), fc.jsonValue()),
        typ: fc.oneof(fc.constant("JWT"), fc.jsonValue()),
        crit: fc.jsonValue(),
        b64: fc.boolean(),
        jwk: fc.jsonValue(),
      },
      { requiredKeys: ["alg"] },
    );
    const { publicKey, privateKey } = newJwtKey("ES256");
    const keyId = authorities[0]?.keyId ?? "";
    const signer = jwtBundle(home, [{ publicKey }, { publicKey, keyId }]);
    let both = 0;
    await fc.assert(
      fc.asyncProperty(header, claims, async (head, body) => {
        const token = signJwt("ES256", privateKey, head, body);
        const own = acceptedBy(signer, token);
        if (!own) return;
        both += 1;
        const tolerance = { audience: "api", clockTolerance: 60, algorithms: [...JWT_ALGORITHMS] };
        await expect(jwtVerify(token, publicKey, tolerance)).resolves.toBeDefined();
      }),
      { numRuns, examples: [[{ alg: "ES256" }, { sub: "spiffe://homelab.internal/web", aud: "api", exp: 4e9 }]] },
    );
    expect(both).toBeGreaterThan(0);
  });

  it("any text is a token that is refused", () => {
    const part = fc.oneof(fc.base64String(), fc.string(), fc.constantFrom("e30", "eyJhbGciOiJFUzI1NiJ9", "", "bnVsbA"));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        expect(accepted(parts.join("."))).toBe(false);
      }),
      { numRuns },
    );
  });
});

describe("documents", () => {
  const ca = new TestCa(home);
  const [root] = ca.bundle.authorities;
  const jwk = { ...root!.publicKey.export({ format: "jwk" }), use: "x509-svid", x5c: [root!.raw.toString("base64")] };
  const jwks = JSON.stringify({
    keys: [jwk, ...(JSON.parse(authorities[0]!.jwks) as { keys: object[] }).keys],
    spiffe_sequence: 1,
  });
  const map = `{"trust_domains": {"homelab.internal": ${jwks}, "other.internal": {"keys": []}}}`;

  it("mutated JWK Sets, bundles and maps: a bundle or a SpiffeError, never a key of somebody else", () => {
    const own = new Set([String(root), ...authorities.map(({ bundle }) => pem(bundle.authorities[0]!.publicKey))]);
    fc.assert(
      fc.property(edits, (changes) => {
        for (const parse of [
          () => parseJwtBundle(home, mutate(jwks, changes)).authorities.map(({ publicKey }) => pem(publicKey)),
          () => parseSpiffeBundle(home, mutate(jwks, changes)).x509Authorities.map(String),
          () => [...parseBundleMap(mutate(map, changes))].flatMap(({ x509Authorities }) => x509Authorities.map(String)),
        ]) {
          // A coordinate cannot change: the point would leave the curve. A certificate may, its signature is not looked at here.
          for (const found of orNothing(parse)) if (found.includes("PUBLIC KEY")) expect(own).toContain(found);
        }
      }),
      { numRuns },
    );
  });

  it("keys with any members", () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("RSA", "EC", "OKP", "jwt-svid", "x509-svid", "AQ", "AQAB", "P-256"),
    );
    const key = fc.dictionary(
      fc.constantFrom("kty", "use", "kid", "alg", "crv", "x", "y", "n", "e", "d", "x5c", "key_ops"),
      value,
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.jsonValue()), { maxLength: 4 }), (keys) => {
        const text = JSON.stringify({ keys });
        expect(orNothing(() => parseJwtBundle(home, text).authorities)).toEqual([]);
        expect(orNothing(() => parseSpiffeBundle(home, text).x509Authorities)).toEqual([]);
      }),
      { numRuns },
    );
  });

  it("JSON: what JSON.parse says, or a member appears twice", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.boolean(), (text, indented) => {
        const written = indented ? JSON.stringify(JSON.parse(text), null, 2) : text;
        expect(parseUniqueJson(JSON.stringify(JSON.parse(written)))).toEqual(JSON.parse(text));
      }),
      { numRuns },
    );
    const member = fc.tuple(
      fc.constantFrom("a", "b", "\\u0061", 'c\\"', ":"),
      fc.constantFrom("1", '"a"', '{"a":1}', '["a"]', '"\\":"'),
    );
    fc.assert(
      fc.property(fc.array(member, { maxLength: 4 }), fc.constantFrom("", " ", "\n"), (members, space) => {
        const text = `{${members.map(([name, value]) => `"${name}"${space}:${space}${value}`).join(",")}}`;
        const names = members.map(([name]) => JSON.parse(`"${name}"`) as string);
        const unique = new Set(names).size === names.length;
        if (unique) expect(parseUniqueJson(text)).toEqual(JSON.parse(text));
        else expect(() => parseUniqueJson(text)).toThrow("two members");
      }),
      { numRuns },
    );
  });
});

/** Anything but a SpiffeError is a crash. */
function acceptedBy(signer: JwtBundleSource, token: string): boolean {
  try {
    validateJwtSvid(token, { bundles: signer, audience: "api" });
    return true;
  } catch (error) {
    if (error instanceof SpiffeError && error.code.startsWith("jwt-")) return false;
    throw error;
  }
}

function orNothing<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof SpiffeError) return [];
    throw error;
  }
}

function pem(key: KeyObject): string {
  return String(key.export({ type: "spki", format: "pem" }));
}
