import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  marshalSpiffeBundle,
  marshalX509Bundle,
  marshalX509Svid,
  parseX509Svid,
  type SpiffeError,
  systemClock,
} from "@idstack/spiffe";
import { staticX509Source, X509FileSource, type X509FileSourceOptions } from "@idstack/spiffe/files";
import type { ErrorEvent, UpdateEvent } from "@idstack/spiffe/metrics";
import { ManualClock, TestCa, type TestSvid } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { untilError } from "../fixtures/until-error.ts";

const ca = new TestCa("homelab.internal");
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

describe("reads what others write", () => {
  it.each([
    ["spiffe-helper", ["svid.pem", "svid_key.pem", "svid_bundle.pem"]],
    ["csi-driver-spiffe", ["tls.crt", "tls.key", "ca.crt"]],
  ])("%s", async (_, names) => {
    const directory = folder();
    put(directory, ca.intermediate().svid("/web"), names);
    const source = await open({ directory });
    expect(`${source.svid.id}`).toBe("spiffe://homelab.internal/web");
    expect(source.svid.certificates).toHaveLength(2);
    expect(source.getX509Bundle(ca.trustDomain)?.authorities).toHaveLength(1);
  });

  it("names of one's own, one file for key and chain, DER, a SPIFFE bundle, federated bundles", async () => {
    const directory = folder();
    const svid = ca.svid("/web");
    const pem = marshalX509Svid(svid, "pem");
    const other = new TestCa("other.internal");
    writeFileSync(join(directory, "both.pem"), pem.privateKey + pem.certificates);
    const { trustDomain, authorities } = ca.bundle;
    const document = marshalSpiffeBundle({ trustDomain, x509Authorities: authorities, jwtAuthorities: [] });
    writeFileSync(join(directory, "bundle.json"), document);
    writeFileSync(join(directory, "other.der"), marshalX509Bundle(other.bundle));
    const names = { certificate: "both.pem", key: "both.pem", bundle: "bundle.json" };
    const source = await open({ directory, ...names, federated: { "other.internal": "other.der" } });
    expect([...source.getX509Context().bundles].map((bundle) => bundle.trustDomain.name)).toEqual([
      "homelab.internal",
      "other.internal",
    ]);
    const der = marshalX509Svid(svid);
    expect(parseX509Svid(der.certificates, der.privateKey, { bundles: source }).id.path).toBe("/web");
  });

  it("waits for files that are not there yet", async () => {
    const directory = folder();
    const failed: string[] = [];
    const opening = open({ directory, pollMs: 20, onError: ({ code }) => failed.push(code) });
    await expect.poll(() => failed).toEqual(["file-unreadable"]);
    put(directory, ca.svid("/web"));
    expect((await opening).svid.id.path).toBe("/web");
  });

  it("says in time why nothing is usable", async () => {
    const directory = folder();
    const never = X509FileSource.open({ directory, ...untilError() });
    await expect(never).rejects.toMatchObject({ code: "start-timeout", cause: { code: "file-unreadable" } });
    put(directory, ca.svid("/web", { defect: "expired" }));
    const expired = X509FileSource.open({ directory, settleMs: 5, ...untilError() });
    await expect(expired).rejects.toMatchObject({ message: expect.stringContaining("expired") });
    const stop = new AbortController();
    const given = X509FileSource.open({ directory, signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
  });
});

describe("follows changes", () => {
  it("of files in place, written one after the other", async () => {
    const directory = folder();
    put(directory, ca.svid("/one"));
    const errors: SpiffeError[] = [];
    const source = await open({ directory, onError: (error) => errors.push(error) });
    const following = source.updates();
    put(directory, ca.svid("/two"));
    const { value } = await following.next();
    expect(value?.svid.id.path).toBe("/two");
  });

  it("of a ..data link, swapped atomically as Kubernetes does it", async () => {
    const directory = folder();
    volume(directory, "..2026_1", ca.svid("/one"));
    for (const name of ["tls.crt", "tls.key", "ca.crt"]) symlinkSync(join("..data", name), join(directory, name));
    const source = await open({ directory });
    for (const path of ["/two", "/three"]) {
      const following = source.updates();
      volume(directory, `..2026_${path.slice(1)}`, ca.svid(path));
      expect((await following.next()).value?.svid.id.path).toBe(path);
    }
  });

  it("that no event tells of, by polling", async () => {
    const directory = folder();
    const real = join(folder(), "nested");
    mkdirSync(real);
    put(real, ca.svid("/one"));
    for (const name of ["svid.pem", "svid_key.pem", "svid_bundle.pem"])
      symlinkSync(join(real, name), join(directory, name));
    const source = await open({ directory, pollMs: 20 });
    const following = source.updates();
    put(real, ca.svid("/two"));
    expect((await following.next()).value?.svid.id.path).toBe("/two");
  });

  it.each<[string, (directory: string) => void]>([
    [
      "a key that does not belong to the leaf",
      (at) => writeFileSync(join(at, "svid_key.pem"), marshalX509Svid(ca.svid("/x"), "pem").privateKey),
    ],
    [
      "a chain that leads to another bundle",
      (at) =>
        writeFileSync(join(at, "svid_bundle.pem"), marshalX509Bundle(new TestCa("homelab.internal").bundle, "pem")),
    ],
    [
      "half a certificate",
      (at) => writeFileSync(join(at, "svid.pem"), marshalX509Svid(ca.svid("/x"), "pem").certificates.slice(0, 300)),
    ],
    ["an empty file", (at) => writeFileSync(join(at, "svid_bundle.pem"), "")],
    ["garbage instead of the key", (at) => writeFileSync(join(at, "svid_key.pem"), "SECRET garbage")],
    ["a file that is gone", (at) => rmSync(join(at, "svid_key.pem"))],
    ["a defect", (at) => put(at, ca.svid("/x", { defect: "key-cert-sign" }))],
  ])("but not to %s: the last state stays, the reason is told once", async (_, damage) => {
    const directory = folder();
    put(directory, ca.svid("/one"));
    const errors: SpiffeError[] = [];
    const source = await open({ directory, pollMs: 5, onError: (error) => errors.push(error) });
    const before = source.getX509Context();
    damage(directory);
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    expect(source.getX509Context()).toBe(before);
    const last = errors.at(-1);
    expect(last?.code).toMatch(/^file-/);
    expect(`${last?.message} ${last?.cause}`).not.toContain("SECRET");
    const following = source.updates();
    put(directory, ca.svid("/two"));
    expect((await following.next()).value?.svid.id.path).toBe("/two");
    expect(new Set(errors.map(({ message }) => message)).size).toBe(errors.length);
  });

  it("never to a mixture: a hundred rotations, every state sound", async () => {
    const directory = folder();
    put(directory, ca.svid("/0"));
    const source = await open({ directory, settleMs: 1 });
    const seen = new Map<string, boolean>();
    source.onUpdate(({ svid }) => seen.set(svid.id.path, svid.certificates[0].checkPrivateKey(svid.privateKey)));
    for (let round = 1; round <= 100; round += 1) {
      put(directory, ca.svid(`/${round}`));
      if (round % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => seen.has("/100")).toBe(true);
    expect([...seen].filter(([, sound]) => !sound)).toEqual([]);
  });
});

it("close ends watching; twice is fine", async () => {
  const directory = folder();
  put(directory, ca.svid("/one"));
  const clock = new ManualClock();
  const opening = X509FileSource.open({ directory, clock });
  await expect.poll(() => clock.pending).toContain(50);
  clock.advance(50);
  const source = await opening;
  const following = source.updates().next();
  await source.close();
  await source.close();
  expect((await following).done).toBe(true);
  expect(clock.pending).toEqual([]);
  expect(() => source.svid).toThrow(expect.objectContaining({ code: "source-closed" }));
});

it("health and metrics know how the files are doing", async () => {
  const directory = folder();
  put(directory, ca.svid("/web"));
  const told: string[] = [];
  const metrics = {
    update: ({ source, address, spiffeId }: UpdateEvent) => told.push(`${source} ${address} ${spiffeId}`),
    error: ({ source, code }: ErrorEvent) => told.push(`${source} ${code}`),
  };
  let late = 0;
  const clock = { ...systemClock, now: () => Date.now() + late };
  const source = await open({ directory, pollMs: 5, metrics, clock });
  const expiresAt = source.svid.certificates[0].validToDate.getTime();
  expect(source.health()).toMatchObject({ state: "ready", healthy: true, attempts: 0, expiresAt });
  rmSync(join(directory, "svid_key.pem"));
  await expect.poll(() => source.health()).toMatchObject({ state: "disconnected", healthy: true });
  expect(source.health()).toMatchObject({ lastError: { code: "file-unreadable" }, ageMs: expect.any(Number) });
  late = expiresAt - Date.now();
  expect(source.health()).toMatchObject({ state: "expired", healthy: false });
  late = 0;
  put(directory, ca.svid("/web"));
  await expect.poll(() => source.health()).toMatchObject({ state: "ready", attempts: 0 });
  await source.close();
  expect(source.health()).toMatchObject({ state: "closed", healthy: false });
  const web = `files ${directory} spiffe://homelab.internal/web`;
  expect([told[0], told[1], told.at(-1)]).toEqual([web, "files file-unreadable", web]);
});

it("a static source hands out what it was given, and no key of another certificate", () => {
  const source = staticX509Source({ svid: ca.svid("/web"), bundles: [ca.bundle] });
  expect(source.getX509Context().svid.id.path).toBe("/web");
  expect(source.getX509Bundle(ca.trustDomain)?.authorities).toHaveLength(1);
  expect(() => staticX509Source({ svid: ca.svid("/web", { defect: "key-mismatch" }), bundles: [] })).toThrow(TypeError);
});

function folder(): string {
  return mkdtempSync(join(tmpdir(), "svid-files-"));
}

function put(
  directory: string,
  svid: TestSvid,
  names: readonly string[] = ["svid.pem", "svid_key.pem", "svid_bundle.pem"],
): void {
  const { certificates, privateKey } = marshalX509Svid(svid, "pem");
  const [certificate = "", key = "", bundle = ""] = names;
  writeFileSync(join(directory, certificate), certificates);
  writeFileSync(join(directory, key), privateKey, { mode: 0o600 });
  writeFileSync(join(directory, bundle), marshalX509Bundle(svid.bundle, "pem"));
}

function volume(directory: string, name: string, svid: TestSvid): void {
  mkdirSync(join(directory, name));
  put(join(directory, name), svid, ["tls.crt", "tls.key", "ca.crt"]);
  symlinkSync(name, join(directory, "..data_tmp"));
  renameSync(join(directory, "..data_tmp"), join(directory, "..data"));
}

async function open(options: X509FileSourceOptions): Promise<X509FileSource> {
  const source = await X509FileSource.open({ settleMs: 5, ...options });
  opened.push(source);
  return source;
}
