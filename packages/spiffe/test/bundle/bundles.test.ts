import { generateKeyPairSync } from "node:crypto";
import {
  JwtBundleSet,
  marshalBundleMap,
  marshalJwtBundle,
  marshalSpiffeBundle,
  marshalX509Bundle,
  parseBundleMap,
  parseJwtBundle,
  parseSpiffeBundle,
  parseX509Bundle,
  SpiffeBundleSet,
  type SpiffeError,
  TrustDomain,
  validateJwtSvid,
  verifyX509Svid,
  X509BundleSet,
} from "@idstack/spiffe";
import { BundleStore } from "@idstack/spiffe/federation";
import { TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";

const home = TrustDomain.parse("homelab.internal");
const elsewhere = TrustDomain.parse("other.internal");
const ca = new TestCa(home);
const [root] = ca.bundle.authorities;
const jwt = new TestJwtAuthority(home, { keyId: "one" });
const [jwtKey] = (JSON.parse(jwt.jwks) as { keys: Record<string, unknown>[] }).keys;
const x509Key = { use: "x509-svid", ...root!.publicKey.export({ format: "jwk" }), x5c: [root!.raw.toString("base64")] };

describe("X.509 bundles", () => {
  const two = { trustDomain: home, authorities: [root!, new TestCa(home).bundle.authorities[0]!] };

  it("survive DER and PEM", () => {
    for (const bytes of [
      marshalX509Bundle(two),
      marshalX509Bundle(two, "pem"),
      Buffer.from(marshalX509Bundle(two, "pem")),
    ]) {
      const parsed = parseX509Bundle(home, bytes);
      expect(parsed.authorities.map(String)).toEqual(two.authorities.map(String));
      expect(parsed.getX509Bundle(home)).toBe(parsed);
      expect(parsed.getX509Bundle(elsewhere)).toBeUndefined();
    }
  });

  it("may be empty", () => {
    for (const empty of ["", " \n", Buffer.of()]) expect(parseX509Bundle(home, empty).authorities).toEqual([]);
  });

  it.each([
    ["half a certificate", marshalX509Bundle(two).subarray(0, -5)],
    ["garbage", Buffer.from("garbage")],
    [
      "a key among the certificates",
      `${marshalX509Bundle(two, "pem")}${ca.svid("/x").privateKey.export({ type: "pkcs8", format: "pem" })}`,
    ],
    [
      "a block that is labelled otherwise",
      marshalX509Bundle(two, "pem").replaceAll(" CERTIFICATE-----", " TRUSTED CERTIFICATE-----"),
    ],
    ["a block without an end", marshalX509Bundle(two, "pem").slice(0, -10)],
    ["base64 that is none", marshalX509Bundle(two, "pem").replace("MII", "M!I")],
  ])("are refused as a whole for %s", (_, bytes) => {
    expect(thrown(() => parseX509Bundle(home, bytes))).toMatchObject({ code: "bundle-malformed" });
    expect(thrown(() => parseX509Bundle(home, bytes)).message).not.toContain("PRIVATE");
  });

  it("have a limit", () => {
    expect(thrown(() => parseX509Bundle(home, marshalX509Bundle(two), { maxBundleBytes: 100 })).code).toBe(
      "bundle-too-large",
    );
  });
});

describe("JWT bundles", () => {
  const ed25519 = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });

  it("survive marshalling, with and without kid and alg", () => {
    const [authority] = jwt.bundle.authorities;
    const bundle = {
      trustDomain: home,
      authorities: [{ ...authority!, algorithm: "ES256" as const }, { publicKey: authority!.publicKey }],
    };
    const parsed = parseJwtBundle(home, marshalJwtBundle(bundle));
    expect(parsed.authorities.map(({ keyId, algorithm }) => [keyId, algorithm])).toEqual([
      ["one", "ES256"],
      [undefined, undefined],
    ]);
    expect(parsed.authorities.every(({ publicKey }) => publicKey.equals(authority!.publicKey))).toBe(true);
    expect(parsed.getJwtBundle(elsewhere)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ["an unknown kty", { ...jwtKey, kty: "AKP" }],
    ["no kty", { ...jwtKey, kty: undefined }],
    ["an unknown use", { ...jwtKey, use: "wit-svid" }],
    ["no use", { ...jwtKey, use: undefined }],
    ["the use sig", { ...jwtKey, use: "sig" }],
    ["the use of X.509", x509Key],
  ])("leave out, without a word, a key with %s", (_, key) => {
    const reports: SpiffeError[] = [];
    const bundle = parseJwtBundle(home, jwks(key, jwtKey), { onIgnored: (error) => reports.push(error) });
    expect(bundle.authorities.map(({ keyId }) => keyId)).toEqual(["one"]);
    expect(reports).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["a point that is not on the curve", { ...jwtKey, x: jwtKey!["y"] }],
    ["a member that is missing", { ...jwtKey, y: undefined }],
    ["a curve of no algorithm", { ...ed25519, use: "jwt-svid" }],
    ["too few bits", { ...weak, use: "jwt-svid" }],
    ["an alg that does not fit", { ...jwtKey, alg: "ES384" }],
    ["an alg that is none of the nine", { ...jwtKey, alg: "EdDSA" }],
    ["a kid that is a number", { ...jwtKey, kid: 7 }],
    ["key_ops that do not allow to verify", { ...jwtKey, key_ops: ["sign"] }],
    ["no object at all", "key"],
    ["null in its place", null],
  ])("report a key with %s and keep the others", (_, key) => {
    const reports: SpiffeError[] = [];
    const bundle = parseJwtBundle(home, jwks(key, jwtKey), { onIgnored: (error) => reports.push(error) });
    expect(bundle.authorities).toHaveLength(1);
    expect(reports.map(({ code }) => code)).toEqual(["authority-ignored"]);
  });

  it("keep the public half of a private key only", () => {
    const d = "AAAA";
    const [authority] = parseJwtBundle(home, jwks({ ...jwtKey, d })).authorities;
    expect(authority?.publicKey.type).toBe("public");
  });

  it("take keys without use where the caller says so and no key states one: SPIRE's Workload API", () => {
    const plain = { ...jwtKey, use: undefined };
    const options = { acceptMissingUse: true };
    expect(parseJwtBundle(home, jwks(plain), options).authorities).toHaveLength(1);
    expect(parseJwtBundle(home, jwks(plain)).authorities).toHaveLength(0);
    expect(parseJwtBundle(home, jwks(plain, jwtKey), options).authorities).toHaveLength(1);
    expect(parseJwtBundle(home, jwks(plain, x509Key), options).authorities).toHaveLength(0);
  });

  it.each([
    ["no JSON", "keys"],
    ["a list", "[]"],
    ["no keys", "{}"],
    ["keys that are an object", '{"keys": {}}'],
    ["keys twice", '{"keys": [], "keys": []}'],
    ["a member of a key twice", `{"keys": [{"kty":"EC","kty":"RSA"}]}`],
    ["more than 100 keys", jwks(...Array(101).fill(jwtKey))],
    ["bytes that are no UTF-8", Buffer.from('{"keys": [], "x": "\u00ff"}', "latin1")],
  ])("are refused for %s", (_, document) => {
    expect(thrown(() => parseJwtBundle(home, document)).code).toBe("bundle-malformed");
  });
});

describe("SPIFFE bundles", () => {
  it("survive marshalling, sequence numbers beyond 2^53 too", () => {
    const bundle = {
      trustDomain: home,
      x509Authorities: [root!],
      jwtAuthorities: jwt.bundle.authorities,
      sequenceNumber: 18_446_744_073_709_551_615n,
      refreshHintSeconds: 300,
    };
    const parsed = parseSpiffeBundle(home, marshalSpiffeBundle(bundle));
    expect(parsed).toMatchObject({ sequenceNumber: bundle.sequenceNumber, refreshHintSeconds: 300 });
    expect(parsed.getX509Bundle(home)?.authorities.map(String)).toEqual([String(root)]);
    expect(parsed.getJwtBundle(home)?.authorities.map(({ keyId }) => keyId)).toEqual(["one"]);
    expect(parsed.getSpiffeBundle(elsewhere)).toBeUndefined();
    expect(marshalSpiffeBundle(parsed)).toBe(marshalSpiffeBundle(bundle));
  });

  it("take the first certificate of x5c, ignore keys without, report what is no certificate or of another key", () => {
    const second = new TestCa(home).bundle.authorities[0]!.raw.toString("base64");
    const reports: SpiffeError[] = [];
    const parsed = parseSpiffeBundle(
      home,
      jwks(
        { ...x509Key, x5c: [...x509Key.x5c, second] },
        { ...x509Key, x5c: undefined },
        { ...x509Key, x5c: [] },
        { ...x509Key, x5c: ["AAAA"] },
        { ...x509Key, x5c: "AAAA" },
        { ...x509Key, x5c: [second] },
        { ...x509Key, use: undefined },
        jwtKey,
      ),
      { onIgnored: (error) => reports.push(error) },
    );
    expect(parsed.x509Authorities.map(String)).toEqual([String(root)]);
    expect(parsed.jwtAuthorities).toHaveLength(1);
    expect(reports).toHaveLength(3);
  });

  it("trust nothing when keys is empty", () => {
    expect(parseSpiffeBundle(home, '{"keys": []}')).toMatchObject({ x509Authorities: [], jwtAuthorities: [] });
  });

  it.each(['"1"', "-1", "1.5", "null", "1e30"])("are refused for the sequence or refresh hint %s", (value) => {
    for (const name of ["spiffe_sequence", "spiffe_refresh_hint"]) {
      expect(thrown(() => parseSpiffeBundle(home, `{"keys": [], "${name}": ${value}}`)).code).toBe("bundle-malformed");
    }
  });
});

describe("a copy of a bundle without its authorities", () => {
  const leaf = ca.svid("/web").certificates;
  const token = jwt.token("/web", { audience: "api" });
  const document = { trustDomain: home, x509Authorities: [root!], jwtAuthorities: jwt.bundle.authorities };
  const parsed = parseSpiffeBundle(home, marshalSpiffeBundle(document));
  const emptied = { ...parsed, x509Authorities: [], jwtAuthorities: [] };

  it.each([
    ["an X.509 bundle", { ...parseX509Bundle(home, marshalX509Bundle(ca.bundle)), authorities: [] }],
    ["a SPIFFE bundle", emptied],
    ["a set of them", new SpiffeBundleSet([emptied])],
    ["a set that was changed", new SpiffeBundleSet([parsed]).with(emptied)],
    ["a store", new BundleStore([emptied])],
  ])("trusts no CA of the original: %s", (_, bundles) => {
    expect(() => verifyX509Svid(leaf, bundles)).toThrow(expect.objectContaining({ code: "untrusted-chain" }));
  });

  it.each([
    ["a JWT bundle", { ...jwt.bundle, authorities: [] }],
    ["a SPIFFE bundle", emptied],
    ["a set of them", new SpiffeBundleSet([emptied])],
    ["a store", new BundleStore([emptied])],
  ])("trusts no key of the original: %s", (_, bundles) => {
    expect(() => validateJwtSvid(token, { bundles, audience: "api" })).toThrow(
      expect.objectContaining({ code: "jwt-key-not-found" }),
    );
  });

  it("leaves the original as it was", () => {
    expect(verifyX509Svid(leaf, parsed).id.path).toBe("/web");
    expect(validateJwtSvid(token, { bundles: new SpiffeBundleSet([parsed]), audience: "api" }).id.path).toBe("/web");
  });
});

describe("Bundle Map", () => {
  const member = marshalSpiffeBundle({
    trustDomain: home,
    x509Authorities: [root!],
    jwtAuthorities: [],
    sequenceNumber: 3n,
    refreshHintSeconds: 9,
  });

  it("gives a set; refresh hints of members are ignored", () => {
    const set = parseBundleMap(`{"trust_domains": {"homelab.internal": ${member}, "other.internal": {"keys": []}}}`);
    expect(set.size).toBe(2);
    expect(set.get(home)).toMatchObject({ sequenceNumber: 3n });
    expect(set.get(home)?.refreshHintSeconds).toBeUndefined();
    expect(parseBundleMap(marshalBundleMap(set)).getX509Bundle(home)?.authorities).toHaveLength(1);
  });

  it("must not name a trust domain twice", () => {
    const text = `{"trust_domains": {"homelab.internal": ${member}, "homelab.\\u0069nternal": {"keys": []}}}`;
    expect(thrown(() => parseBundleMap(text)).code).toBe("bundle-malformed");
  });

  it("leaves out and reports members that cannot be used", () => {
    const reports: SpiffeError[] = [];
    const text = `{"trust_domains": {"Bad": {"keys": []}, "spiffe://a.internal": {"keys": []}, "b.internal": {}, "c.internal": [], "d.internal": {"keys": []}}}`;
    const set = parseBundleMap(text, { onIgnored: (error) => reports.push(error) });
    expect([...set].map(({ trustDomain }) => trustDomain.name)).toEqual(["d.internal"]);
    expect(reports.map(({ code }) => code)).toEqual(Array(4).fill("bundle-rejected"));
  });

  it("has limits", () => {
    const names = Array.from({ length: 201 }, (_, at) => `"t${at}": {"keys": []}`).join(",");
    expect(thrown(() => parseBundleMap(`{"trust_domains": {${names}}}`)).code).toBe("too-many-bundles");
    expect(parseBundleMap(`{"trust_domains": {${names}}}`, { maxBundles: 300 }).size).toBe(201);
    for (const text of ["{}", '{"trust_domains": []}'])
      expect(thrown(() => parseBundleMap(text)).code).toBe("bundle-malformed");
  });
});

it("sets never change: with and without give new ones", () => {
  const bundle = { trustDomain: elsewhere, authorities: [] };
  for (const BundleSet of [X509BundleSet, JwtBundleSet]) {
    const empty = new BundleSet();
    const one = empty.with(bundle);
    expect([empty.size, one.size, one.has(elsewhere), one.without(elsewhere).has(elsewhere)]).toEqual([
      0,
      1,
      true,
      false,
    ]);
    expect(one.with({ trustDomain: elsewhere, authorities: [] }).size).toBe(1);
  }
  const whole = { trustDomain: elsewhere, x509Authorities: [], jwtAuthorities: [] };
  const set = new SpiffeBundleSet().with(whole);
  expect(set.getJwtBundle(elsewhere)?.authorities).toEqual([]);
  expect(set.without(elsewhere).getSpiffeBundle(elsewhere)).toBeUndefined();
});

function jwks(...keys: unknown[]): string {
  return JSON.stringify({ keys });
}

function thrown(act: () => unknown): SpiffeError {
  try {
    act();
  } catch (error) {
    return error as SpiffeError;
  }
  throw new Error("nothing was thrown");
}
