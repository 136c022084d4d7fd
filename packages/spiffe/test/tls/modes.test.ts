// Who shows what to whom: SPIFFE on both sides, on one side only, or with the Web PKI on the other.
import { once } from "node:events";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { X509BundleSet } from "@idstack/spiffe";
import { createServer as createHttpsServer, peerOf, spiffeAgent } from "@idstack/spiffe/https";
import { TestCa } from "@idstack/spiffe/testing";
import { connect, createServer, type Refusal, type WebCertificate } from "@idstack/spiffe/tls";
import { afterEach, describe, expect, it } from "vitest";
import { listen, rawClient, rawServer } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";
import { WebPki } from "../fixtures/web-pki.ts";

const ca = new TestCa("homelab.internal");
const api = ca.intermediate().svid("/api");
const web = ca.svid("/web");
const pki = new WebPki();
const source = new StaticSource(api, ca.bundle);
const own = new StaticSource(web, ca.bundle);
const bundles = new X509BundleSet([ca.bundle]);
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe("SPIFFE on the server's side only", () => {
  it("the server asks for no certificate, the client needs bundles only", async () => {
    const server = createServer({ source, peer: "none" }, (socket) => socket.end("hello"));
    const port = await open(server);
    const socket = await connect({
      source: bundles,
      present: "none",
      authorize: [`${api.id}`],
      host: "127.0.0.1",
      port,
    });
    expect(`${socket.peer.id}`).toBe(`${api.id}`);
    expect(await text(socket)).toBe("hello");
    expect((await rawClient(port, undefined, "").over).text).toBe("hello");
  });

  it("the client judges as strictly as with an SVID of its own", async () => {
    const other = new TestCa("other.internal");
    for (const [svid, authorize, code] of [
      [api, [`${web.id}`], "unauthorized"],
      [other.svid("/api"), ["spiffe://other.internal/api"], "no-bundle"],
      [ca.svid("/api", { defect: "expired" }), [`${api.id}`], "certificate-expired"],
    ] as const) {
      const raw = await rawServer(svid);
      closing.push(raw.close);
      const refusals: Refusal[] = [];
      const options = { source: bundles, present: "none", authorize, host: "127.0.0.1", port: raw.port } as const;
      await expect(connect({ ...options, onRefused: (refusal) => refusals.push(refusal) })).rejects.toMatchObject({
        code,
      });
      expect(refusals).toMatchObject([{ side: "client", code }]);
      await Promise.all(raw.ended);
      expect(Buffer.concat(raw.received).length).toBe(0);
    }
  });

  it("it shows no certificate even if it is asked for one", async () => {
    const raw = await rawServer(api);
    closing.push(raw.close);
    const socket = await connect({
      source: own,
      present: "none",
      authorize: [`${api.id}`],
      host: "127.0.0.1",
      port: raw.port,
    });
    await expect.poll(() => raw.sockets.length).toBe(1);
    expect(raw.sockets[0]?.getPeerCertificate()).toEqual({});
    socket.destroy();
  });

  it("over https", async () => {
    const url = await serve(createHttpsServer({ source, peer: "none" }, (_req, res) => res.end("hello")));
    const agent = spiffeAgent({ source: bundles, present: "none", authorize: [`${api.id}`] });
    closing.push(() => agent.destroy());
    expect(await fetchText(url, agent)).toBe("hello");
    expect(await fetchText(url, agent)).toBe("hello");
  });

  it("nobody is the peer of such a request", async () => {
    const seen: unknown[] = [];
    const url = await serve(
      createHttpsServer({ source, peer: "none" }, (req, res) => {
        try {
          peerOf(req);
        } catch (error) {
          seen.push(error);
        }
        res.end();
      }),
    );
    const agent = spiffeAgent({ source: bundles, present: "none", authorize: [`${api.id}`] });
    closing.push(() => agent.destroy());
    await fetchText(url, agent);
    expect(seen).toEqual([expect.any(TypeError)]);
  });
});

describe("a web certificate on the server's side, SVIDs on the client's", () => {
  it("the client is verified by SPIFFE ID, the server by host name", async () => {
    const server = createServer(
      { source: bundles, authorize: [`${web.id}`], present: pki.certificate("localhost") },
      (socket) => socket.end(`${socket.peer.id}`),
    );
    const port = await open(server);
    const socket = await connect({ source: own, peer: "web", ca: pki.ca, host: "localhost", port });
    expect(await text(socket)).toBe(`${web.id}`);
  });

  it("a client without an SVID, or one of nobody's, is refused", async () => {
    const refusals: Refusal[] = [];
    const server = createServer({
      source: bundles,
      authorize: () => true,
      present: pki.certificate("localhost"),
      onRefused: (refusal) => refusals.push(refusal),
    });
    const port = await open(server);
    for (const svid of [undefined, new TestCa("other.internal").svid("/x"), pki.certificate("x").svid]) {
      await rawClient(port, svid, "hi").over;
    }
    expect(refusals.map(({ code }) => code)).toEqual(["no-certificate", "no-bundle", "no-bundle"]);
  });

  it("a function is asked again for every connection; equal content is no new certificate", async () => {
    let certificate: WebCertificate = pki.certificate("localhost");
    let contexts = 0;
    const server = createServer(
      { source: bundles, authorize: [`${web.id}`], present: () => ({ ...certificate }) },
      (socket) => socket.end(),
    );
    const setSecureContext = server.setSecureContext.bind(server);
    server.setSecureContext = (options) => {
      contexts += 1;
      setSecureContext(options);
    };
    const port = await open(server);
    const serials = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      if (round === 2) certificate = pki.certificate("localhost");
      const socket = await connect({ source: own, peer: "web", ca: pki.ca, host: "localhost", port });
      serials.add(socket.getPeerCertificate().serialNumber);
      await text(socket);
    }
    expect({ contexts, serials: serials.size }).toEqual({ contexts: 2, serials: 2 });
  });

  it("a function that fails closes the connection and says why", async () => {
    const refusals: Refusal[] = [];
    const present = (): never => {
      throw new Error("no such file");
    };
    const server = createServer({
      source: bundles,
      authorize: [],
      present,
      onRefused: (refusal) => refusals.push(refusal),
    });
    await rawClient(await open(server), web, "hi").over;
    expect(refusals).toMatchObject([{ reason: expect.stringMatching(/web certificate failed: no such file$/) }]);
  });

  it("over https, with its agent", async () => {
    const url = await serve(
      createHttpsServer(
        { source: bundles, authorize: [`${web.id}`], present: pki.certificate("localhost") },
        (req, res) => res.end(`${req.peer.id}`),
      ),
      "localhost",
    );
    const agent = spiffeAgent({ source: own, peer: "web", ca: pki.ca });
    closing.push(() => agent.destroy());
    expect(await fetchText(url, agent)).toBe(`${web.id}`);
    expect(await fetchText(url, agent)).toBe(`${web.id}`);
  });
});

describe("a client of a web server", () => {
  it.each([
    ["of another name", "elsewhere.example", pki.ca, /Hostname\/IP does not match/],
    ["of an unknown CA", "localhost", undefined, /verify|self.signed/],
  ])("refuses one %s before it writes", async (_, name, authorities, reason) => {
    const raw = await rawServer(pki.certificate(name).svid);
    closing.push(raw.close);
    const refusals: Refusal[] = [];
    const options = { source: own, peer: "web", ca: authorities, host: "localhost", port: raw.port } as const;
    const failed = connect({ ...options, onRefused: (refusal) => refusals.push(refusal) });
    await expect(failed).rejects.toMatchObject({ code: "web-pki", message: expect.stringMatching(reason) });
    expect(refusals).toMatchObject([{ side: "client", code: "web-pki" }]);
    await Promise.all(raw.ended);
    expect(Buffer.concat(raw.received).length).toBe(0);
  });

  it("is not satisfied by an SVID of its own trust domain", async () => {
    const raw = await rawServer(api);
    closing.push(raw.close);
    const connecting = connect({ source: own, peer: "web", ca: pki.ca, host: "localhost", port: raw.port });
    await expect(connecting).rejects.toMatchObject({ code: "web-pki" });
  });

  it("cannot be talked out of it by options of Node", async () => {
    const raw = await rawServer(pki.certificate("elsewhere.example").svid);
    closing.push(raw.close);
    const smuggled = { rejectUnauthorized: false, checkServerIdentity: () => undefined } as object;
    const options = { source: own, peer: "web", ca: pki.ca, host: "localhost", port: raw.port, ...smuggled } as const;
    await expect(connect(options)).rejects.toMatchObject({ code: "web-pki" });
  });
});

describe("what a peer sends right after its Finished", () => {
  it("is never read by a server that refuses it", async () => {
    const events: string[] = [];
    const server = createServer({ source, authorize: [] }, () => events.push("connection"));
    server.on("secureConnection", (socket) => socket.on("data", () => events.push("data")));
    await rawClient(await open(server), web, "GET / HTTP/1.1\r\n\r\n".repeat(1000)).over;
    expect(events).toEqual([]);
  });

  it("is there for a server that admits it", async () => {
    const server = createServer({ source, authorize: [`${web.id}`] }, (socket) => socket.pipe(socket));
    const client = rawClient(await open(server), web, "early bytes");
    client.socket.end();
    expect((await client.over).text).toBe("early bytes");
  });

  it("is never read by a client that refuses it, and there for one that does not", async () => {
    const raw = await rawServer(api);
    closing.push(raw.close);
    raw.server.on("secureConnection", (socket) => socket.write("early bytes"));
    const refused = connect({ source: own, authorize: [], host: "127.0.0.1", port: raw.port });
    await expect(refused).rejects.toMatchObject({ code: "unauthorized" });
    const socket = await connect({ source: own, authorize: [`${api.id}`], host: "127.0.0.1", port: raw.port });
    expect(`${await once(socket, "data")}`).toBe("early bytes");
    socket.destroy();
  });
});

describe("options", () => {
  it("a peer nobody authorized does not compile, and is a TypeError", () => {
    // @ts-expect-error authorize is missing
    expect(() => createServer({ source })).toThrow(/^authorize is required/);
    // @ts-expect-error authorize is missing
    expect(() => spiffeAgent({ source })).toThrow(/^authorize is required/);
    // @ts-expect-error authorize is missing
    expect(() => createServer({ source, present: pki.certificate("localhost") })).toThrow(/^authorize is required/);
    // @ts-expect-error authorize is missing
    expect(() => spiffeAgent({ source: bundles, present: "none" })).toThrow(/^authorize is required/);
  });

  it("nobody is authorized where nobody is verified", () => {
    // @ts-expect-error there is no peer to authorize
    const options: Parameters<typeof createServer>[0] = { source, peer: "none", authorize: [] };
    expect(() => createServer(options)).toThrow(TypeError);
  });

  it.each<[string, () => unknown]>([
    // @ts-expect-error an own SVID needs more than bundles
    ["an SVID from bundles", () => createServer({ source: bundles, authorize: [] })],
    // @ts-expect-error a client can be verified by SPIFFE only
    ["a server with web clients", () => createServer({ source, peer: "web" })],
    // @ts-expect-error a server shows something
    ["a server that shows nothing", () => createServer({ source, present: "none", authorize: [] })],
    // @ts-expect-error no SPIFFE in it
    ["a web certificate for nobody", () => createServer({ source, present: pki.certificate("a"), peer: "none" })],
    // @ts-expect-error no SPIFFE in it
    ["a client of the web without an SVID", () => spiffeAgent({ source, present: "none", peer: "web" })],
    // @ts-expect-error a web server cannot be verified again
    ["resumption with a web server", () => spiffeAgent({ source, peer: "web", resumption: true })],
    ["an age of nothing", () => spiffeAgent({ source, authorize: [], maxConnectionAgeMs: 0 })],
    [
      "a jitter of more than all",
      () => spiffeAgent({ source, authorize: [], maxConnectionAgeMs: 1, maxConnectionAgeJitter: 2 }),
    ],
  ])("%s is a TypeError", (_, make) => {
    expect(make).toThrow(TypeError);
  });
});

async function open(server: ReturnType<typeof createServer>): Promise<number> {
  closing.push(() => server.close());
  return listen(server);
}

async function serve(server: ReturnType<typeof createHttpsServer>, host = "127.0.0.1"): Promise<string> {
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://${host}:${await listen(server)}/`;
}

function fetchText(url: string, agent: ReturnType<typeof spiffeAgent>): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      text(response).then(resolve, reject);
    }).on("error", reject);
  });
}
