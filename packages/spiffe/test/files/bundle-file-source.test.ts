import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { marshalBundleMap, marshalX509Bundle, type SpiffeError, validateJwtSvid } from "@idstack/spiffe";
import { BundleFileSource, JwtFileSource } from "@idstack/spiffe/files";
import { ManualClock, TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { untilError } from "../fixtures/until-error.ts";

const ca = new TestCa("homelab.internal");
const jwt = new TestJwtAuthority("homelab.internal");
const home = ca.trustDomain;
const other = new TestCa("other.internal");
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

describe("bundles", () => {
  it("of a directory: PEM, JWK Sets, several of one trust domain; changes too", async () => {
    const directory = folder({
      "homelab.internal.pem": marshalX509Bundle(ca.bundle, "pem"),
      "homelab.internal.json": withoutUse(jwt.jwks),
      "other.internal.der": marshalX509Bundle(other.bundle),
      "notes.txt": "not a bundle",
    });
    const source = await open({ directory });
    expect([...source.bundles].map(({ trustDomain }) => trustDomain.name)).toEqual([
      "homelab.internal",
      "other.internal",
    ]);
    const token = jwt.token("/web", { audience: "api" });
    expect(validateJwtSvid(token, { bundles: source, audience: "api" }).id.path).toBe("/web");
    expect(source.getX509Bundle(home)?.authorities).toHaveLength(1);
    const following = source.updates();
    writeFileSync(join(directory, "third.internal.pem"), marshalX509Bundle(other.bundle, "pem"));
    expect((await following.next()).value?.size).toBe(3);
  });

  it("by name, and of one file: a Bundle Map, or what spiffe-helper writes", async () => {
    const bundle = {
      trustDomain: home,
      x509Authorities: ca.bundle.authorities,
      jwtAuthorities: jwt.bundle.authorities,
    };
    const directory = folder({
      "own.pem": marshalX509Bundle(ca.bundle, "pem"),
      "map.json": marshalBundleMap([bundle]),
      "helper.json": JSON.stringify({ "homelab.internal": Buffer.from(withoutUse(jwt.jwks)).toString("base64") }),
      "plain.json": `{"homelab.internal": ${withoutUse(jwt.jwks)}}`,
    });
    const named = await open({ directory, bundles: { "homelab.internal": "own.pem" } });
    expect([named.bundles.size, named.getSpiffeBundle(home)?.x509Authorities.length]).toEqual([1, 1]);
    for (const bundleMap of ["map.json", "helper.json", "plain.json"]) {
      expect((await open({ directory, bundleMap })).getJwtBundle(home)?.authorities, bundleMap).toHaveLength(1);
    }
  });

  it("stay what they were while any file is broken", async () => {
    const directory = folder({ "homelab.internal.pem": marshalX509Bundle(ca.bundle, "pem") });
    const errors: SpiffeError[] = [];
    const source = await open({ directory, pollMs: 5, onError: (error) => errors.push(error) });
    const before = source.bundles;
    writeFileSync(join(directory, "other.internal.json"), '{"keys": [');
    await expect.poll(() => errors.map(({ code }) => code)).toContain("file-rejected");
    expect(source.bundles).toBe(before);
    await source.close();
    expect(() => source.bundles).toThrow(expect.objectContaining({ code: "source-closed" }));
  });

  it.each<[string, Record<string, string>]>([
    ["an empty directory", {}],
    ["a name that is no trust domain", { "Not One.pem": "" }],
    ["a map whose member is broken", { "map.json": '{"trust_domains": {"homelab.internal": {}}}' }],
    ["a map that is none", { "map.json": "[]" }],
    ["a member that is a number", { "map.json": '{"homelab.internal": 7}' }],
  ])("never come from %s", async (_, files) => {
    const directory = folder(files);
    const bundleMap = Object.keys(files).includes("map.json") ? "map.json" : undefined;
    const opening = BundleFileSource.open({ directory, bundleMap, settleMs: 1, ...untilError() });
    await expect(opening).rejects.toMatchObject({ code: "start-timeout", cause: { code: "file-rejected" } });
  });

  it("mistakes show at once", async () => {
    await expect(BundleFileSource.open({})).rejects.toThrow(TypeError);
    await expect(BundleFileSource.open({ bundles: { "Not One": "x" } })).rejects.toMatchObject({
      code: "invalid-trust-domain",
    });
  });
});

describe("tokens", () => {
  it("are chosen by their audience and subject, renewed, and never handed out expired", async () => {
    const clock = new ManualClock();
    const token = (path: string, audience: string | string[], ttlSeconds: number) =>
      jwt.token(path, { audience, ttlSeconds, now: clock.now() });
    const directory = folder({ a: `${token("/web", ["api", "db"], 60)}\n`, b: token("/two", "api", 30) });
    const opening = JwtFileSource.open({ directory, tokens: ["a", "b"], clock, settleMs: 50 });
    await expect.poll(() => clock.pending).toContain(50);
    clock.advance(50);
    const source = await opening;
    opened.push(source);
    expect((await source.fetchJwtSvid("api")).id.path).toBe("/web");
    expect((await source.fetchJwtSvid("api", { subject: "spiffe://homelab.internal/two" })).id.path).toBe("/two");
    await expect(source.fetchJwtSvid("other")).rejects.toMatchObject({ code: "no-svid" });
    clock.advance(61_000);
    await expect(source.fetchJwtSvid("db")).rejects.toMatchObject({ code: "jwt-expired" });
  });

  it("need a file", async () => {
    await expect(JwtFileSource.open({ tokens: [] })).rejects.toThrow(TypeError);
    const directory = folder({ a: "no token" });
    const opening = JwtFileSource.open({ directory, tokens: ["a"], settleMs: 1, ...untilError() });
    await expect(opening).rejects.toMatchObject({ cause: { code: "file-rejected" } });
  });
});

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = mkdtempSync(join(tmpdir(), "bundle-files-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}

/** As go-spiffe writes JWT bundles. */
function withoutUse(jwks: string): string {
  return jwks.replaceAll('"use":"jwt-svid",', "");
}

async function open(options: Parameters<typeof BundleFileSource.open>[0]): Promise<BundleFileSource> {
  const source = await BundleFileSource.open({ settleMs: 5, ...options });
  opened.push(source);
  return source;
}
