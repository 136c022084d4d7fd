import { type JwtBundleSource, validateJwtSvid } from "@idstack/spiffe";
import { TestJwtAuthority } from "@idstack/spiffe/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { rememberVerified, wasVerifiedWith } from "../../src/internal/jwt/verified-tokens.ts";

const now = Date.now();
const authority = new TestJwtAuthority("homelab.internal", { keyId: "key" });
let token: string;

beforeEach(() => {
  token = authority.token("/web", { audience: "api", now });
  validate(token);
});

describe("a token that was validated before", () => {
  it("is accepted again, with claims of its own each time", () => {
    const [first, second] = [validate(token), validate(token)];
    expect(second).toEqual(first);
    expect(second.claims).not.toBe(first.claims);
  });

  it("is refused when it has expired meanwhile", () => {
    expect(() => validate(token, { now: now + 3_600_000 })).toThrow(expect.objectContaining({ code: "jwt-expired" }));
  });

  it("is refused for another audience", () => {
    expect(() => validate(token, { audience: "db" })).toThrow(
      expect.objectContaining({ code: "jwt-audience-mismatch" }),
    );
  });

  it("is refused once its key left the bundle", () => {
    const successor = new TestJwtAuthority("homelab.internal", { keyId: "next" });
    expect(() => validate(token, { bundles: successor.bundle })).toThrow(
      expect.objectContaining({ code: "jwt-key-not-found" }),
    );
  });

  it("is refused once another key has its key ID", () => {
    const successor = new TestJwtAuthority("homelab.internal", { keyId: "key" });
    expect(() => validate(token, { bundles: successor.bundle })).toThrow(
      expect.objectContaining({ code: "jwt-signature" }),
    );
  });

  it("says nothing for one that differs from it in a character", () => {
    for (let at = token.lastIndexOf(".") + 1; at < token.length - 1; at += 1) {
      const forged = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
      expect(() => validate(forged)).toThrow(expect.objectContaining({ code: "jwt-signature" }));
    }
  });
});

it("tokens that were refused, and very long ones, are not remembered", () => {
  const [key] = authority.bundle.authorities;
  if (key === undefined) throw new Error("no key");
  const foreign = new TestJwtAuthority("homelab.internal", { keyId: "key" }).token("/web", { audience: "api", now });
  expect(() => validate(foreign)).toThrow(expect.objectContaining({ code: "jwt-signature" }));
  const long = "x".repeat(2049);
  rememberVerified(long, key.publicKey);
  expect([foreign, long, token].map((each) => wasVerifiedWith(each, key.publicKey))).toEqual([false, false, true]);
});

function validate(
  presented: string,
  { bundles = authority.bundle, ...options }: { bundles?: JwtBundleSource; audience?: string; now?: number } = {},
) {
  return validateJwtSvid(presented, { bundles, audience: "api", now, ...options });
}
