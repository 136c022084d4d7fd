import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import * as tls from "node:tls";
import { type SpiffeBundle, SpiffeBundleSet, X509BundleSet } from "@idstack/spiffe";
import {
  type BundleEndpoint,
  BundleStore,
  BundleWatcher,
  type FetchBundleOptions,
  fetchBundle,
} from "@idstack/spiffe/federation";
import { type FakeBundleEndpoint, ManualClock, startBundleEndpoint, TestCa } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { WebPki } from "../fixtures/web-pki.ts";

const ca = new TestCa("partner.internal");
const { trustDomain } = ca;
const body: SpiffeBundle = {
  trustDomain,
  x509Authorities: ca.bundle.authorities,
  jwtAuthorities: [],
  sequenceNumber: 1n,
};
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

describe("https_web", () => {
  it("fetches a bundle", async () => {
    const endpoint = await start({ body });
    const bundle = await fetchWeb(endpoint);
    expect(bundle.getX509Bundle(trustDomain)?.authorities.map(String)).toEqual(ca.bundle.authorities.map(String));
    expect(endpoint.requests).toEqual(["GET /"]);
  });

  it("refuses a server of another CA, whatever the environment says, and one of another name", async () => {
    const endpoint = await start({ body });
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      const failing = fetchBundle({ trustDomain, url: endpoint.url, profile: { type: "https_web" } });
      await expect(failing).rejects.toMatchObject({
        code: "bundle-endpoint-failed",
        cause: { code: expect.stringMatching(/UNABLE|SELF_SIGNED/) },
      });
    } finally {
      delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    }
    const byAddress = { url: endpoint.url.replace("localhost", "127.0.0.1") };
    await expect(fetchWeb(endpoint, {}, byAddress.url)).rejects.toMatchObject({
      code: "bundle-endpoint-failed",
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
    expect(endpoint.requests).toEqual([]);
  });

  it.each(["http://localhost/", "https://user@localhost/", "https://user:pw@localhost/", "ftp://x/", "bundle.json"])(
    "%s is no URL of a bundle endpoint",
    async (url) => {
      await expect(fetchBundle({ trustDomain, url, profile: { type: "https_web" } })).rejects.toThrow(TypeError);
    },
  );

  it("follows redirects to https and does not remember them", async () => {
    const target = await start({ body });
    const endpoint = await start({ status: 302, headers: { location: `${target.url}b?x=1` } });
    const both = endpoint.ca + target.ca;
    for (let round = 1; round <= 2; round += 1) {
      const bundle = await fetchBundle({ trustDomain, url: endpoint.url, profile: { type: "https_web", ca: [both] } });
      expect(bundle.sequenceNumber).toBe(1n);
      expect([endpoint.requests.length, target.requests.length]).toEqual([round, round]);
    }
    // The same TLS checks on the second hop: here its CA is not trusted.
    await expect(fetchWeb(endpoint)).rejects.toMatchObject({ code: "bundle-endpoint-failed" });
    expect(target.requests).toEqual(["GET /b?x=1", "GET /b?x=1"]);
  });

  it("follows redirects nowhere else", async () => {
    let plain = 0;
    const server = createServer((_req, res) => {
      plain += 1;
      res.end("{}");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = await start({});
    const to = `localhost:${(server.address() as AddressInfo).port}/`;
    for (const location of [`http://${to}`, `https://user:pw@${to}`, "file:///etc/passwd", "https://:x"]) {
      endpoint.response = { status: 307, headers: { location } };
      await expect(fetchWeb(endpoint)).rejects.toMatchObject({ code: "bundle-endpoint-redirect" });
    }
    endpoint.response = { status: 301, headers: { location: "/again" } };
    await expect(fetchWeb(endpoint)).rejects.toMatchObject({ code: "bundle-endpoint-redirect" });
    expect(endpoint.requests.slice(-6)).toEqual(["GET /", ...Array(5).fill("GET /again")]);
    expect(plain).toBe(0);
    server.close();
  });

  it.each([
    ["another status", { status: 404 }, "bundle-endpoint-status"],
    ["a redirect without a target", { status: 302, headers: {} }, "bundle-endpoint-status"],
    ["no JSON", { body: "<html>" }, "bundle-malformed"],
    ["no JWK Set", { body: "{}" }, "bundle-malformed"],
    ["more than the limit", { body: `{"keys": [], "x": "${"x".repeat(5000)}"}` }, "bundle-too-large"],
  ])("refuses %s", async (_, response, code) => {
    await expect(fetchWeb(await start(response), { maxBundleBytes: 4096 })).rejects.toMatchObject({ code });
  });

  it("reads no more than the limit of an answer without end", async () => {
    const pki = new WebPki();
    let sent = 0;
    const server = createHttpsServer(pki.certificate("localhost"), (_req, res) => {
      const more = (): void => {
        sent += 65_536;
        if (!res.destroyed) res.write(Buffer.alloc(65_536, " "), () => setImmediate(more));
      };
      more();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    const fetching = fetchBundle({ trustDomain, url, profile: { type: "https_web", ca: pki.ca } });
    await expect(fetching).rejects.toMatchObject({ code: "bundle-too-large" });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    server.closeAllConnections();
    server.close();
  });

  it("gives up in time, and when the caller does", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    silent.on("connection", (socket) => socket.pause());
    await once(silent, "listening");
    const url = `https://localhost:${(silent.address() as AddressInfo).port}/`;
    const clock = new ManualClock();
    const fetching = fetchBundle({ trustDomain, url, profile: { type: "https_web" } }, { clock, timeoutMs: 500 });
    clock.advance(500);
    await expect(fetching).rejects.toMatchObject({ code: "bundle-endpoint-timeout" });
    const reason = new Error("no longer needed");
    const stop = new AbortController();
    const second = fetchBundle({ trustDomain, url, profile: { type: "https_web" } }, { signal: stop.signal });
    stop.abort(reason);
    await expect(second).rejects.toBe(reason);
    silent.closeAllConnections();
    silent.close();
  });
});

it.each<[string, object | undefined]>([
  ["no profile", undefined],
  ["an unknown one", { type: "https-spiffe", endpointId: "spiffe://partner.internal/e", bundles: new X509BundleSet() }],
  ["no bundles", { type: "https_spiffe", endpointId: "spiffe://partner.internal/e" }],
  ["an ID that is none", { type: "https_spiffe", endpointId: "spiffe://Partner/e", bundles: new X509BundleSet() }],
])("a mistake in the profile is never taken for another profile, and shows at once: %s", async (_, profile) => {
  const endpoint = { trustDomain, url: "https://localhost:1/", profile } as BundleEndpoint;
  await expect(fetchBundle(endpoint)).rejects.toThrow(TypeError);
  expect(() => BundleWatcher.start(endpoint)).toThrow(TypeError);
});

// Node 22.18 cannot be given other CAs of its own.
it.skipIf(!("setDefaultCACertificates" in tls))(
  "an empty text for the CAs trusts nobody, not the CAs of Node",
  async () => {
    const before = tls.getCACertificates("default");
    const endpoint = await start({ body });
    try {
      tls.setDefaultCACertificates([endpoint.ca]);
      const profile = { type: "https_web", ca: "" } as const;
      await expect(fetchBundle({ trustDomain, url: endpoint.url, profile })).rejects.toMatchObject({
        code: "bundle-endpoint-failed",
      });
    } finally {
      tls.setDefaultCACertificates(before);
    }
  },
);

describe("https_spiffe", () => {
  const svid = ca.svid("/endpoint");
  const profile = (bundles = new X509BundleSet([ca.bundle]), endpointId = "spiffe://partner.internal/endpoint") => ({
    type: "https_spiffe" as const,
    endpointId,
    bundles,
  });

  it("verifies the endpoint by its SPIFFE ID, without an SVID of one's own", async () => {
    const endpoint = await start({ svid, body });
    // A self-serving endpoint: the store holds the bundle it is verified with.
    const store = new BundleStore(new SpiffeBundleSet([{ ...body, sequenceNumber: 0n }]));
    const { url } = endpoint;
    const bundle = await fetchBundle({ trustDomain, url, profile: { ...profile(), bundles: store } });
    expect(store.put(bundle)).toBe("stored");
  });

  it("refuses another SPIFFE ID, a trust domain without a bundle, and another CA of the same name", async () => {
    const { url } = await start({ svid, body });
    for (const [wrong, code] of [
      [profile(undefined, "spiffe://partner.internal/other"), "unauthorized"],
      [profile(new X509BundleSet()), "no-bundle"],
      [profile(new X509BundleSet([new TestCa("partner.internal").bundle])), "untrusted-chain"],
    ] as const) {
      const expected = { code: "bundle-endpoint-failed", cause: { code } };
      await expect(fetchBundle({ trustDomain, url, profile: wrong })).rejects.toMatchObject(expected);
    }
  });

  it("makes the same checks after a redirect", async () => {
    const stranger = await start({ svid: ca.svid("/stranger"), body });
    const { url } = await start({ svid, status: 302, headers: { location: stranger.url } });
    const fetching = fetchBundle({ trustDomain, url, profile: profile() });
    await expect(fetching).rejects.toMatchObject({ code: "bundle-endpoint-failed", cause: { code: "unauthorized" } });
    expect(stranger.requests).toEqual([]);
  });
});

async function start(options: Parameters<typeof startBundleEndpoint>[0]): Promise<FakeBundleEndpoint> {
  const endpoint = await startBundleEndpoint(options);
  opened.push(endpoint);
  return endpoint;
}

function fetchWeb(endpoint: FakeBundleEndpoint, options: FetchBundleOptions = {}, url = endpoint.url) {
  return fetchBundle({ trustDomain, url, profile: { type: "https_web", ca: endpoint.ca } }, options);
}
