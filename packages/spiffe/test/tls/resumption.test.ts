// `resumption: true`: the chain that was verified is kept with the session and verified again.
import { once } from "node:events";
import { get } from "node:https";
import { createServer as createPlainServer, type SecureVersion, type TLSSocket } from "node:tls";
import type { X509Svid } from "@idstack/spiffe";
import { createServer as createHttpsServer, spiffeAgent } from "@idstack/spiffe/https";
import { ManualClock, TestCa } from "@idstack/spiffe/testing";
import {
  connect,
  createServer,
  type Refusal,
  type SpiffeConnectOptions,
  type SpiffeServerOptions,
} from "@idstack/spiffe/tls";
import { afterEach, describe, expect, it } from "vitest";
import { BoundedMap } from "../../src/internal/bounded-map.ts";
import { listen, rawClient, rawIdentity } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const api = ca.intermediate().svid("/api");
const web = ca.intermediate().svid("/web");
const versions: SecureVersion[] = ["TLSv1.2", "TLSv1.3"];
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe.each(versions)("%s", (maxVersion) => {
  it("both sides resume, over chains with intermediates, and know each other", async () => {
    const { port, served } = await serve();
    const dial = client(port, { maxVersion });
    const [first, second] = [await dial(), await dial()];
    expect([first.reused, second.reused]).toEqual([false, true]);
    expect(second).toMatchObject({ server: `${api.id}`, links: 2 });
    expect(served.at(-1)).toMatchObject({ client: `${web.id}`, reused: true, links: 2 });
  });

  it("a CA that left the server's bundle ends resumption too", async () => {
    const { port, source, refusals } = await serve();
    const dial = client(port, { maxVersion });
    await dial();
    source.bundles = [new TestCa("homelab.internal").bundle];
    await expect(dial()).rejects.toThrow();
    expect(refusals).toMatchObject([{ code: "untrusted-chain" }]);
  });

  it("a CA that left the client's bundle ends resumption too", async () => {
    const { port } = await serve();
    const source = new StaticSource(web, ca.bundle);
    const dial = client(port, { maxVersion, source });
    await dial();
    source.bundles = [new TestCa("homelab.internal").bundle];
    await expect(dial()).rejects.toMatchObject({ code: "untrusted-chain" });
  });

  it("whoever is no longer authorized is not resumed, on either side", async () => {
    const [admitted, known] = [new Set([`${web.id}`]), new Set([`${api.id}`])];
    const { port, refusals } = await serve({ authorize: (id) => admitted.has(`${id}`) });
    const dial = client(port, { maxVersion, authorize: (id) => known.has(`${id}`) });
    await dial();
    known.clear();
    await expect(dial()).rejects.toMatchObject({ code: "unauthorized" });
    known.add(`${api.id}`);
    await dial();
    admitted.clear();
    await expect(dial()).rejects.toThrow();
    expect(refusals).toMatchObject([{ side: "server", code: "unauthorized" }]);
  });

  it("an expired chain is not resumed; a rotated SVID makes a full handshake", async () => {
    const clock = new ManualClock();
    const { port, source, served } = await serve({ clock });
    const own = new StaticSource(web, ca.bundle);
    const dial = client(port, { maxVersion, clock, source: own });
    await dial();
    clock.advance(3_601_000);
    source.svid = ca.svid("/api", { now: clock.now() });
    own.svid = ca.svid("/web", { now: clock.now() });
    expect(await dial()).toMatchObject({ reused: false, links: 1 });
    expect(served.at(-1)).toMatchObject({ reused: false, links: 1 });
  });

  it("a client that keeps its session beyond its chain is refused once, then gets a full handshake", async () => {
    const { port, source, served, refusals } = await serve();
    const { session } = await raw(port, web, { maxVersion });
    const next = new TestCa("homelab.internal");
    source.bundles = [next.bundle];
    expect((await raw(port, next.svid("/web"), { maxVersion, session })).reused).toBe(true);
    expect(refusals).toMatchObject([{ code: "untrusted-chain" }]);
    expect((await raw(port, next.svid("/web"), { maxVersion, session })).reused).toBe(false);
    expect(served.map(({ reused }) => reused)).toEqual([false, false]);
  });

  it("without the option a server resumes nobody's session", async () => {
    const { port } = await serve({ resumption: false });
    const dial = client(port, { maxVersion });
    await dial();
    expect((await dial()).reused).toBe(false);
  });
});

it.each(versions)("a server without a chain for a session refuses it, %s", async (maxVersion) => {
  const [first, second] = [await serve({ sessionIdContext: "both" }), await serve({ sessionIdContext: "both" })];
  const { session } = await raw(first.port, web, { maxVersion });
  await raw(second.port, api, { maxVersion });
  second.server.setTicketKeys(first.server.getTicketKeys());
  expect((await raw(second.port, web, { maxVersion, session })).reused).toBe(true);
  expect(second.refusals).toMatchObject([{ code: "unauthorized" }, { code: "session-reused" }]);
  expect(second.served).toEqual([]);
});

it("a client resumes with a server that hands out tickets", async () => {
  const server = createPlainServer({ ...rawIdentity(api), requestCert: true, rejectUnauthorized: false }, (socket) =>
    socket.on("error", () => {}).pipe(socket),
  );
  closing.push(() => server.close());
  const dial = client(await listen(server), {});
  expect((await dial()).reused).toBe(false);
  expect(await dial()).toMatchObject({ reused: true, server: `${api.id}`, links: 2 });
});

it("agents resume as well", async () => {
  const reused: boolean[] = [];
  const options = { source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`], resumption: true };
  const server = createHttpsServer(options, (req, res) => {
    reused.push((req.socket as TLSSocket).isSessionReused());
    res.end(`${req.peer.id}`);
  });
  closing.push(() => server.close());
  const port = await listen(server);
  const agent = spiffeAgent({
    source: new StaticSource(web, ca.bundle),
    authorize: [`${api.id}`],
    resumption: true,
    keepAlive: false,
  });
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port, agent }, (response) => response.resume().on("close", resolve)).on("error", reject);
    });
  }
  expect(reused).toEqual([false, true, true]);
});

it("what is kept is bounded, the longest unused goes first", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.get("a");
  map.set("c", 3);
  expect([map.get("a"), map.get("b"), map.get("c"), map.size]).toEqual([1, undefined, 3, 2]);
});

async function serve(options: Partial<SpiffeServerOptions> = {}) {
  const refusals: Refusal[] = [];
  const served: { client: string; reused: boolean; links: number }[] = [];
  const source = new StaticSource(api, ca.bundle);
  const onRefused = (refusal: Refusal): number => refusals.push(refusal);
  const common = { source, authorize: [`${web.id}`], onRefused, minVersion: "TLSv1.2", resumption: true } as const;
  const server = createServer({ ...common, ...options }, (socket) => {
    const { id, certificates } = socket.peer;
    served.push({ client: `${id}`, reused: socket.isSessionReused(), links: certificates.length });
    socket.on("error", () => {}).pipe(socket);
  });
  closing.push(() => server.close());
  return { port: await listen(server), server, source, refusals, served };
}

/** Connections of one source, which share what is kept. */
function client(port: number, options: Partial<SpiffeConnectOptions>) {
  const common = { source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`], minVersion: "TLSv1.2" } as const;
  const all: SpiffeConnectOptions = { ...common, resumption: true, host: "127.0.0.1", port, ...options };
  return async () => {
    const socket = await connect(all);
    const closed = once(socket, "close").then(() => Promise.reject(new Error("closed")));
    closed.catch(() => {});
    socket.on("error", () => {});
    // The sessions of TLS 1.3 come after the handshake: two round trips are later than that.
    for (let round = 0; round < 2; round += 1) {
      socket.write("hi");
      await Promise.race([once(socket, "data"), closed]);
    }
    const answer = {
      reused: socket.isSessionReused(),
      server: `${socket.peer.id}`,
      links: socket.peer.certificates.length,
    };
    socket.destroy();
    return answer;
  };
}

async function raw(port: number, svid: X509Svid, options: Parameters<typeof rawClient>[3]) {
  const { socket, over } = rawClient(port, svid, "hi", options);
  const sessions: Buffer[] = [];
  socket.on("session", (session) => sessions.push(session));
  socket.once("data", () => socket.write("hi", () => socket.once("data", () => socket.end())));
  const { reused } = await over;
  return { reused, session: sessions.at(-1) ?? socket.getSession() };
}
