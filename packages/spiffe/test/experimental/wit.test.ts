import { createPublicKey, type KeyObject } from "node:crypto";
import { TrustDomain } from "@idstack/spiffe";
import {
  ProofMemory,
  parseWitBundle,
  proveWit,
  type VerifyWitOptions,
  verifyWit,
  WitBundleSet,
  WitClient,
  type WitHeaders,
} from "@idstack/spiffe/experimental";
import { ManualClock, startWorkloadApi, TestCa, TestWitAuthority } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";
import { ownWit } from "../../src/experimental/wit-svid.ts";
import { signJwt } from "../../src/internal/jwt/sign.ts";

const home = TrustDomain.parse("homelab.internal");
const authority = new TestWitAuthority(home);
const bundles = new WitBundleSet([parseWitBundle(home, authority.jwks)]);
const audience = "https://api.internal/orders";
const svid = authority.svid("/web");
const clock = new ManualClock();

function verify(headers: Partial<WitHeaders>, options: Partial<VerifyWitOptions> = {}) {
  return verifyWit(headers, { bundles, audience, clock, ...options });
}

it("fetches and watches WIT-SVIDs and bundles; what cannot be used is left out", async () => {
  const wit = { svids: [svid, authority.svid("/job", { hint: "job" })], authorities: [authority] };
  await using agent = await startWorkloadApi({ svids: [], wit });
  using client = new WitClient({ address: agent.address });
  const [first, second] = await client.fetchWit();
  expect([first.id.path, second?.id.path, second?.hint]).toEqual(["/web", "/job", "job"]);
  const fetched = await client.fetchWitBundles();
  expect(`${verify(proveWit(first, { audience, clock }), { bundles: fetched }).id}`).toBe(
    "spiffe://homelab.internal/web",
  );

  const errors: string[] = [];
  const watching = client.watchWit({ onError: ({ code }) => errors.push(code) });
  await watching.next();
  const stolen = { ...svid, privateKey: authority.svid("/web").privateKey };
  const expired = authority.svid("/web", { now: 0 });
  agent.update({ svids: [], wit: { svids: [stolen, expired], authorities: [authority] } });
  agent.update({ svids: [], wit: { svids: [stolen, svid], authorities: [authority] } });
  expect((await watching.next()).value).toHaveLength(1);
  expect(errors).toEqual(["svid-rejected", "svid-rejected", "malformed-response", "svid-rejected"]);
  await watching.return();
});

it("an own WIT-SVID has a private key that is one, and the error quotes nothing of what is none", () => {
  expect(ownWit(svid.token, JSON.stringify(svid.privateKey.export({ format: "jwk" })), clock.now()).id).toEqual(
    svid.id,
  );
  for (const key of ["SECRET", '{"kty":"EC","d":"SECRET"}']) {
    const broken = expect.objectContaining({ code: "key-mismatch", message: expect.not.stringContaining("SECRET") });
    expect(() => ownWit(svid.token, key, clock.now())).toThrow(broken);
  }
});

it("what an agent delivers instead of WIT-SVIDs fails a fetch with its reason", async () => {
  const wit = { svids: [authority.svid("/web", { now: 0 })], authorities: [authority] };
  await using agent = await startWorkloadApi({ svids: [], wit });
  using client = new WitClient({ address: agent.address });
  const malformed = (message: RegExp) => ({ code: "malformed-response", message: expect.stringMatching(message) });
  await expect(client.fetchWit()).rejects.toMatchObject(malformed(/none of its SVIDs is usable/));
  const stranger = { ...svid, id: authority.svid("/stranger").id };
  agent.update({ svids: [], wit: { svids: [stranger], authorities: [authority] } });
  const errors: string[] = [];
  const onError = ({ cause }: { readonly cause?: unknown }): number => errors.push(String(cause));
  await expect(client.fetchWit({ onError })).rejects.toMatchObject(malformed(/none of its SVIDs is usable/));
  expect(errors).toEqual([expect.stringContaining("spiffe_id differs from sub")]);
  agent.inject("*", "no-message", 2);
  await expect(client.fetchWit()).rejects.toMatchObject(malformed(/without a message/));
  await expect(client.fetchWitBundles()).rejects.toMatchObject(malformed(/without a message/));
});

it("an agent without WIT-SVIDs says so", async () => {
  await using agent = await startWorkloadApi({ svids: [new TestCa(home).svid("/web")] });
  using client = new WitClient({ address: agent.address });
  await expect(client.fetchWit()).rejects.toMatchObject({ code: "unimplemented" });
});

describe("refused", () => {
  const tokenWith = (options: Parameters<TestWitAuthority["svid"]>[1]) =>
    proveWit(authority.svid("/web", options), { audience, clock });
  const other = new TestWitAuthority("other.internal");
  const proofWith = (claims: object, header: object = {}): Partial<WitHeaders> => ({
    "workload-identity-token": svid.token,
    "workload-proof-token": signJwt(
      "ES256",
      svid.privateKey,
      { alg: "ES256", typ: "wpt+jwt", ...header },
      { ...claimsOf(proveWit(svid, { audience, clock })["workload-proof-token"]), ...claims },
    ),
  });

  it.each<[string, () => Partial<WitHeaders>]>([
    ["jwt-missing", () => ({})],
    ["wit-proof-missing", () => ({ "workload-identity-token": svid.token })],
    ["jwt-type", () => tokenWith({ header: { typ: "JWT" } })],
    ["jwt-algorithm", () => tokenWith({ header: { alg: "none" } })],
    ["jwt-critical-header", () => tokenWith({ header: { crit: ["x"] } })],
    ["wit-key-id-missing", () => tokenWith({ header: { kid: undefined } })],
    ["jwt-key-not-found", () => tokenWith({ header: { kid: "another" } })],
    ["jwt-subject", () => tokenWith({ claims: { sub: undefined } })],
    ["invalid-spiffe-id", () => tokenWith({ claims: { sub: "web" } })],
    ["wit-audience", () => tokenWith({ claims: { aud: audience } })],
    ["jwt-expiry-missing", () => tokenWith({ claims: { exp: undefined } })],
    ["jwt-expired", () => tokenWith({ claims: { exp: 1 } })],
    ["jwt-not-yet-valid", () => tokenWith({ claims: { nbf: 4e9 } })],
    ["jwt-claim-malformed", () => tokenWith({ claims: { exp: "soon" } })],
    ["wit-confirmation", () => tokenWith({ claims: { cnf: undefined } })],
    ["wit-confirmation", () => tokenWith({ claims: { cnf: { jwk: { kty: "EC", alg: "HS256" } } } })],
    ["wit-confirmation", () => tokenWith({ claims: { cnf: { jwk: { kty: "EC", alg: "ES256" } } } })],
    ["jwt-no-bundle", () => proveWit(other.svid("/web"), { audience, clock })],
    [
      "jwt-signature",
      () =>
        proveWit(new TestWitAuthority(home).svid("/web", { header: { kid: authority.keyId } }), { audience, clock }),
    ],
    ["jwt-malformed", () => ({ "workload-identity-token": "a.b", "workload-proof-token": "x" })],
    ["jwt-malformed", () => ({ ...tokenWith({}), "workload-identity-token": `${svid.token}.e30` })],
    [
      "jwt-malformed",
      () => ({ ...tokenWith({}), "workload-identity-token": svid.token.replace(/\.[^.]+\./, ".bm8.") }),
    ],
    ["jwt-malformed", () => tokenWith({ header: { kid: 7 } })],
    ["jwt-too-large", () => tokenWith({ claims: { ballast: "x".repeat(16 * 1024) } })],
    ["jwt-key-unfit", () => tokenWith({ header: { alg: "ES384" } })],
    ["wit-confirmation", () => tokenWith({ claims: { cnf: { jwk: { ...jwkOf(svid), alg: "ES384" } } } })],
    ["wit-confirmation", () => tokenWith({ claims: { cnf: { jwk: { ...jwkOf(svid), alg: "ES256", d: "AAAA" } } } })],
    ["wit-proof-signature", () => proofWith({}, { alg: "ES384" })],
    ["wit-proof-audience", () => proofWith({ aud: "https://elsewhere.internal/" })],
    ["wit-proof-expired", () => proofWith({ exp: 1 })],
    ["wit-proof-expired", () => proofWith({ exp: undefined })],
    ["wit-proof-expired", () => proofWith({ exp: Math.floor(clock.now() / 1000) + 3600 })],
    ["wit-proof-mismatch", () => proofWith({ wth: "of another" })],
    ["wit-proof-mismatch", () => proofWith({ jti: undefined })],
    ["jwt-type", () => proofWith({}, { typ: "JWT" })],
    [
      "wit-proof-signature",
      () => ({ ...proveWit(authority.svid("/thief"), { audience, clock }), "workload-identity-token": svid.token }),
    ],
  ])("%s", (code, headers) => {
    expect(() => verify(headers())).toThrow(expect.objectContaining({ code }));
  });

  it("nothing for parameters and claims that it does not know; a jti of the token is none against replay", () => {
    const seen = new ProofMemory();
    const known = authority.svid("/web", { header: { x: [1] }, claims: { jti: "same", y: { z: 1 } } });
    for (let round = 0; round < 2; round += 1) {
      const headers = proveWit(known, { audience, clock });
      expect(verify(headers, { seen }).claims).toMatchObject({ jti: "same", y: { z: 1 } });
      expect(Object.keys(headers)).toEqual(["workload-identity-token", "workload-proof-token"]);
    }
  });

  it("wit-proof-replayed: a proof is good once, whatever came between", () => {
    const seen = new ProofMemory();
    const [headers, other] = [proveWit(svid, { audience, clock }), proveWit(svid, { audience, clock })];
    for (const each of [headers, other]) expect(verify(each, { seen }).id.path).toBe("/web");
    for (const each of [headers, other]) {
      expect(() => verify(each, { seen })).toThrow(expect.objectContaining({ code: "wit-proof-replayed" }));
    }
  });

  it("wit-proof-replayed: memory of proofs is bounded, and frees itself when they expire", () => {
    const seen = new ProofMemory(1);
    const headers = proveWit(svid, { audience, clock });
    expect(verify(headers, { seen }).id.path).toBe("/web");
    const replayed = expect.objectContaining({ code: "wit-proof-replayed" });
    expect(() => verify(headers, { seen })).toThrow(replayed);
    expect(() => verify(proveWit(svid, { audience, clock }), { seen })).toThrow(replayed);
    clock.advance(100_000);
    expect(verify(proveWit(svid, { audience, clock }), { seen }).id.path).toBe("/web");
  });
});

it.each([
  ["two keys with one kid", (key: object) => [key, key]],
  ["a key without kid", (key: object) => [{ ...key, kid: undefined }]],
  ["a key that is none", (key: object) => [{ ...key, x: "AA" }]],
])("a bundle with %s is refused", (_, keys) => {
  const [key] = (JSON.parse(authority.jwks) as { keys: object[] }).keys;
  const document = JSON.stringify({ keys: keys(key ?? {}) });
  expect(() => parseWitBundle(home, document)).toThrow(expect.objectContaining({ code: "bundle-malformed" }));
});

it("a key of a type that is not known yet is ignored alone, the others stay", () => {
  const { keys } = JSON.parse(authority.jwks) as { keys: object[] };
  const document = JSON.stringify({ keys: [{ kty: "AKP", alg: "ML-DSA-65", kid: "pq", use: "wit-svid" }, ...keys] });
  expect(parseWitBundle(home, document).authorities.size).toBe(keys.length);
});

it("keys for other uses are ignored", () => {
  const [key] = (JSON.parse(authority.jwks) as { keys: object[] }).keys;
  const document = JSON.stringify({
    keys: [
      { ...key, use: "jwt-svid" },
      { kty: "new", use: "next" },
    ],
  });
  expect(parseWitBundle(home, document).authorities.size).toBe(0);
});

function jwkOf({ privateKey }: { readonly privateKey: KeyObject }): object {
  return createPublicKey(privateKey).export({ format: "jwk" });
}

function claimsOf(token: string): object {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as object;
}
