import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BundleSource,
  marshalSpiffeBundle,
  parseSpiffeBundle,
  type SpiffeBundle,
  SpiffeBundleSet,
  type SpiffeError,
  TrustDomain,
  verifyX509Svid,
  X509Source,
} from "@idstack/spiffe";
import {
  type BundleEndpoint,
  BundleStore,
  BundleWatcher,
  bundleHandler,
  fetchBundle,
} from "@idstack/spiffe/federation";
import { createServer } from "@idstack/spiffe/https";
import { JwtSource, validateJwtSvid } from "@idstack/spiffe/jwt";
import { TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import { goSpiffePeer, recordEvidence, type Spire, startSpire } from "@idstack/tool-real";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebPki } from "../test/fixtures/web-pki.ts";
import { SOON } from "./wait.ts";

const HOME = TrustDomain.parse("homelab.internal");
const ELSEWHERE = TrustDomain.parse("elsewhere.internal");
const PARTNER = TrustDomain.parse("partner.internal");

const counts = { spire: 0, go: 0, wrong: 0 };
const closing: (() => unknown)[] = [];

let spire: Spire;
let own: X509Source;
let bundles: BundleSource;

beforeAll(async () => {
  spire = await startSpire({
    servers: [{ trustDomain: HOME.name }, { trustDomain: ELSEWHERE.name }],
    federation: true,
  });
  await spire.server(HOME.name).createEntry({ spiffeId: "/web", federatesWith: [ELSEWHERE.name] });
  await spire.server(ELSEWHERE.name).createEntry({ spiffeId: "/abroad", federatesWith: [HOME.name] });
  const address = spire.agent(HOME.name).endpoint;
  own = await X509Source.open({ address });
  bundles = await BundleSource.open({ address });
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await Promise.all([own?.close(), bundles?.close()]);
  await spire?.close();
  const mismatches = counts.wrong;
  const proves = "@idstack/spiffe fetches, follows and serves its bundles (https_spiffe)";
  await recordEvidence({ component: "spire", proves, checked: counts.spire, unit: "bundles", mismatches });
  await recordEvidence({
    component: "go-spiffe-peer",
    proves: "@idstack/spiffe exchanges bundles with go-spiffe in both directions",
    checked: counts.go,
    unit: "bundles",
    mismatches,
  });
});

/** Counts bundles that changed hands; a failure fails the test too. */
async function counted<T>(who: "spire" | "go", check: () => Promise<T>): Promise<T> {
  counts[who] += 1;
  try {
    return await check();
  } catch (error) {
    counts.wrong += 1;
    throw error;
  }
}

/** What a bundle says, for comparison. */
const content = ({ x509Authorities, jwtAuthorities, refreshHintSeconds, sequenceNumber }: SpiffeBundle) => ({
  x509: x509Authorities.map(({ fingerprint256 }) => fingerprint256).sort(),
  jwt: jwtAuthorities.map(({ keyId }) => keyId).sort(),
  refreshHintSeconds,
  sequenceNumber,
});
const keysOf = (bundle: SpiffeBundle) => {
  const { x509, jwt } = content(bundle);
  return { x509, jwt };
};
const shown = async (trustDomain: TrustDomain): Promise<SpiffeBundle> =>
  parseSpiffeBundle(trustDomain, await spire.server(trustDomain.name).bundle());

/** The endpoint of a SPIRE server, which serves its own trust domain. */
function endpointOf(trustDomain: TrustDomain, store: BundleStore): BundleEndpoint {
  return {
    trustDomain,
    url: spire.server(trustDomain.name).bundleEndpointUrl,
    profile: { type: "https_spiffe", endpointId: `spiffe://${trustDomain.name}/spire/server`, bundles: store },
  };
}

/** Our endpoint, with the SVID of `web`. */
async function serve(handler: ReturnType<typeof bundleHandler>): Promise<string> {
  const server = createServer({ source: own, peer: "none" }, handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("the bundle endpoint of SPIRE", () => {
  it("gives the bundle that the server shows, by its SPIFFE ID", async () => {
    await counted("spire", async () => {
      const expected = await shown(ELSEWHERE);
      const fetched = await fetchBundle(endpointOf(ELSEWHERE, new BundleStore([expected])));
      expect(keysOf(fetched)).toEqual(keysOf(expected));
      expect(fetched).toMatchObject({ refreshHintSeconds: 10, sequenceNumber: expected.sequenceNumber });
      const abroad = await X509Source.open({ address: spire.agent(ELSEWHERE.name).endpoint });
      expect(`${verifyX509Svid(abroad.svid.certificates, fetched).id}`).toBe("spiffe://elsewhere.internal/abroad");
      await abroad.close();
    });
  });

  it.each([
    ["another ID is configured", "spiffe://elsewhere.internal/other", "unauthorized", [ELSEWHERE]],
    ["the bundle of its trust domain is missing", "spiffe://elsewhere.internal/spire/server", "no-bundle", [HOME]],
  ] as const)("is refused when %s", async (_, endpointId, code, known) => {
    const store = new BundleStore(await Promise.all(known.map(shown)));
    const { trustDomain, url } = endpointOf(ELSEWHERE, store);
    await counted("spire", async () => {
      const fetching = fetchBundle({ trustDomain, url, profile: { type: "https_spiffe", endpointId, bundles: store } });
      await expect(fetching).rejects.toMatchObject({ code: "bundle-endpoint-failed", cause: { code } });
    });
  });

  it("is refused with keys of another trust domain under its name, and by the Web PKI", async () => {
    await counted("spire", async () => {
      const { x509Authorities, jwtAuthorities } = await shown(HOME);
      const store = new BundleStore([{ trustDomain: ELSEWHERE, x509Authorities, jwtAuthorities }]);
      const endpoint = endpointOf(ELSEWHERE, store);
      await expect(fetchBundle(endpoint)).rejects.toMatchObject({ code: "bundle-endpoint-failed" });
      const web = { ...endpoint, profile: { type: "https_web" } } as const;
      await expect(fetchBundle(web)).rejects.toMatchObject({ code: "bundle-endpoint-failed" });
    });
  });

  it("is followed: a new key is in the store before the first SVID or token that it signs", async () => {
    const first = await shown(ELSEWHERE);
    const store = new BundleStore([first]);
    const errors: SpiffeError[] = [];
    await using watcher = BundleWatcher.start(endpointOf(ELSEWHERE, store), {
      store,
      minIntervalMs: 100,
      maxIntervalMs: 100,
      onError: (error) => errors.push(error),
    });
    await watcher.ready();
    const server = spire.server(ELSEWHERE.name);
    for (const kind of ["x509", "jwt"] as const) {
      await counted("spire", async () => {
        const before = store.getSpiffeBundle(ELSEWHERE) ?? first;
        const { stdout } = await server.run(["localauthority", kind, "prepare", "-output", "json"]);
        const { prepared_authority: prepared } = JSON.parse(stdout) as { prepared_authority: { authority_id: string } };
        await vi.waitFor(
          () => {
            const now = content(store.getSpiffeBundle(ELSEWHERE) ?? first);
            expect(now[kind]).toHaveLength(content(before)[kind].length + 1);
            expect(now.sequenceNumber).toBeGreaterThan(before.sequenceNumber ?? 0n);
          },
          { timeout: SOON, interval: 50 },
        );
        await server.run(["localauthority", kind, "activate", "-authorityID", prepared.authority_id]);
      });
    }
    expect(keysOf(store.getSpiffeBundle(ELSEWHERE) ?? first)).toEqual(keysOf(await shown(ELSEWHERE)));

    // What is signed from now on is signed by the new keys.
    const minted = await server.run([
      "jwt",
      "mint",
      "-spiffeID",
      "spiffe://elsewhere.internal/late",
      "-audience",
      "api",
    ]);
    const { id } = validateJwtSvid(minted.stdout.trim(), { bundles: store, audience: "api" });
    expect(id.path).toBe("/late");
    expect(() =>
      validateJwtSvid(minted.stdout.trim(), { bundles: new SpiffeBundleSet([first]), audience: "api" }),
    ).toThrow(expect.objectContaining({ code: "jwt-key-not-found" }));
    expect(errors).toEqual([]);
  });
});

describe("our bundle endpoint", () => {
  it("gives SPIRE the bundle of a partner, which reaches its workloads", async () => {
    const ca = new TestCa(PARTNER);
    const jwt = new TestJwtAuthority(PARTNER);
    const store = new BundleStore();
    const put = (sequenceNumber: bigint, authorities = ca.bundle.authorities): unknown =>
      store.put({
        trustDomain: PARTNER,
        x509Authorities: authorities,
        jwtAuthorities: jwt.bundle.authorities,
        sequenceNumber,
        refreshHintSeconds: 10,
      });
    put(1n);
    const url = await serve(bundleHandler({ source: store, trustDomain: PARTNER }));
    const server = spire.server(HOME.name);
    const partner = ["-id", `spiffe://${PARTNER.name}`];
    const knownToSpire = async (): Promise<SpiffeBundle> => {
      const { stdout } = await server.run(["bundle", "list", "-format", "spiffe", ...partner]);
      return parseSpiffeBundle(PARTNER, stdout.slice(stdout.indexOf("{")));
    };

    await counted("spire", async () => {
      const profile = ["-bundleEndpointProfile", "https_spiffe", "-endpointSpiffeID", `${own.svid.id}`];
      await server.run(["federation", "create", "-trustDomain", PARTNER.name, "-bundleEndpointURL", url, ...profile]);
      await server.run(["federation", "refresh", ...partner]);
      expect(keysOf(await knownToSpire())).toEqual(keysOf(store.getSpiffeBundle(PARTNER) as SpiffeBundle));
    });
    await counted("spire", async () => {
      const next = new TestCa(PARTNER);
      put(2n, [...ca.bundle.authorities, ...next.bundle.authorities]);
      await server.run(["federation", "refresh", ...partner]);
      expect(keysOf(await knownToSpire())).toEqual(keysOf(store.getSpiffeBundle(PARTNER) as SpiffeBundle));

      await server.createEntry({ spiffeId: "/federated", federatesWith: [PARTNER.name] });
      const address = spire.agent(HOME.name).endpoint;
      await using source = await JwtSource.open({ address });
      await source.waitForUpdate((all) => all.has(PARTNER), AbortSignal.timeout(SOON));
      const token = jwt.token("/late", { audience: "api" });
      expect(`${validateJwtSvid(token, { bundles: source, audience: "api" }).id}`).toBe(
        `spiffe://${PARTNER.name}/late`,
      );
      await vi.waitFor(() => verifyX509Svid(next.svid("/late").certificates, bundles), { timeout: SOON });
    });
  });

  it("gives go-spiffe the bundle of the Workload API, which it serves on and we read again", async () => {
    await counted("go", async () => {
      const url = await serve(bundleHandler({ source: bundles, trustDomain: HOME }));
      const abroad = await goSpiffePeer({ workloadApi: spire.agent(ELSEWHERE.name).endpoint });
      const { status, body, peer } = await abroad.get(url, { authorize: [`${own.svid.id}`] });
      expect([status, peer]).toEqual([200, `${own.svid.id}`]);
      await inDirectory(async (directory) => {
        const file = join(directory, "bundle.json");
        await writeFile(file, body);
        await using server = await abroad.serveBundle({
          trustDomain: HOME.name,
          bundle: file,
          profile: "https_spiffe",
        });
        const read = await fetchBundle({
          trustDomain: HOME,
          url: server.url,
          profile: { type: "https_spiffe", endpointId: server.id ?? "", bundles },
        });
        expect(content(read)).toEqual(content(parseSpiffeBundle(HOME, body)));
        expect(keysOf(read)).toEqual(keysOf(await shown(HOME)));
      });
    });
  });
});

describe("the bundle endpoint of go-spiffe", () => {
  it("gives the bundle of the Workload API by https_spiffe", async () => {
    await counted("go", async () => {
      const go = await goSpiffePeer({ workloadApi: spire.agent(HOME.name).endpoint });
      await using server = await go.serveBundle({ trustDomain: ELSEWHERE.name, profile: "https_spiffe" });
      const profile = { type: "https_spiffe", endpointId: `${own.svid.id}`, bundles } as const;
      const fetching = () => fetchBundle({ trustDomain: ELSEWHERE, url: server.url, profile });
      const expected = keysOf(await shown(ELSEWHERE));
      await spire.server(HOME.name).run(["federation", "refresh", "-id", `spiffe://${ELSEWHERE.name}`]);
      await vi.waitFor(async () => expect(keysOf(await fetching())).toEqual(expected), {
        timeout: SOON,
        interval: 200,
      });
    });
  });

  it("gives the bundle of a file by https_web, to whoever trusts its CA", async () => {
    await counted("go", async () => {
      const ca = new TestCa(PARTNER);
      const jwt = new TestJwtAuthority(PARTNER, { algorithm: "RS256" });
      const bundle = {
        trustDomain: PARTNER,
        x509Authorities: ca.bundle.authorities,
        jwtAuthorities: jwt.bundle.authorities,
        sequenceNumber: 18446744073709551615n,
        refreshHintSeconds: 30,
      };
      await inDirectory(async (directory) => {
        const path = (name: string): string => join(directory, name);
        const pki = new WebPki();
        const { cert, key } = pki.certificate("localhost");
        await Promise.all([
          writeFile(path("bundle.json"), marshalSpiffeBundle(bundle)),
          writeFile(path("cert.pem"), cert),
          writeFile(path("key.pem"), key, { mode: 0o600 }),
        ]);
        const go = await goSpiffePeer();
        await using server = await go.serveBundle({
          trustDomain: PARTNER.name,
          bundle: path("bundle.json"),
          profile: "https_web",
          certificate: path("cert.pem"),
          key: path("key.pem"),
        });
        const url = `https://localhost:${server.port}/`;
        const trusted = { trustDomain: PARTNER, url, profile: { type: "https_web", ca: pki.ca } } as const;
        expect(content(await fetchBundle(trusted))).toEqual(content(bundle));
        await expect(fetchBundle({ ...trusted, profile: { type: "https_web" } })).rejects.toMatchObject({
          code: "bundle-endpoint-failed",
        });
      });
    });
  });
});

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "idstack-bundle-"));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
