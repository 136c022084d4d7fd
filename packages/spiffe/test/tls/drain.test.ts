// The end of connections: when they are old, and when the server stops.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ClientHttp2Session } from "node:http2";
import { createServer as createPlainHttps, get } from "node:https";
import { connect as connectTcp } from "node:net";
import { text } from "node:stream/consumers";
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type SpiffeHttp2ServerOptions,
} from "@idstack/spiffe/http2";
import { createServer as createHttpsServer, type SpiffeHttpsServerOptions, spiffeAgent } from "@idstack/spiffe/https";
import { ManualClock, TestCa } from "@idstack/spiffe/testing";
import { connect, createServer, drain, type SpiffeServerOptions, type SpiffeSocket } from "@idstack/spiffe/tls";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const api = ca.svid("/api");
const web = ca.svid("/web");
const own = { source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] };
const age = { maxConnectionAgeMs: 1000, maxConnectionAgeJitter: 0 };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe("tls", () => {
  it("a drained server ends its connections and takes no more", async () => {
    const { server, port } = await serveTls();
    const socket = await connect({ ...own, host: "127.0.0.1", port });
    const ended = once(socket.resume(), "end");
    const drained = drain(server);
    await ended;
    expect(await drained).toBe(0);
    await expect(connect({ ...own, host: "127.0.0.1", port })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("what does not end is cut off, handshakes included", async () => {
    const clock = new ManualClock();
    const { server, port } = await serveTls({ allowHalfOpen: true }, () => {});
    const admitted = once(server, "secureConnection");
    const socket = await connect({ ...own, host: "127.0.0.1", port, allowHalfOpen: true } as never);
    await admitted;
    const silent = connectTcp(port, "127.0.0.1").on("error", () => {});
    await Promise.all([once(silent, "connect"), once(server, "connection")]);
    closing.push(() => socket.destroy());
    const [ended, cut] = [once(socket.on("error", () => {}).resume(), "end"), once(silent.resume(), "close")];
    const drained = drain(server, { timeoutMs: 500, clock });
    // Its side is ended, this one is not: the connection stays.
    await ended;
    clock.advance(500);
    expect(await drained).toBe(1);
    await cut;
  });

  it("an old connection is ended, on the side that has the option", async () => {
    const clock = new ManualClock();
    const { port } = await serveTls({ clock, ...age });
    const socket = await connect({ ...own, host: "127.0.0.1", port });
    await echo(socket);
    clock.advance(999);
    await echo(socket);
    const ended = once(socket, "end");
    clock.advance(1);
    await ended;

    const other = await serveTls();
    const old = await connect({ ...own, host: "127.0.0.1", port: other.port, clock, ...age });
    await echo(old);
    const closed = once(old, "close");
    clock.advance(1000);
    await closed;
    expect(clock.pending).toEqual([]);
  });

  it("ages differ by the jitter, and never exceed the limit", async () => {
    const clock = new ManualClock();
    const { port } = await serveTls({ clock, maxConnectionAgeMs: 1000, maxConnectionAgeJitter: 0.5 });
    for (let at = 0; at < 5; at += 1) {
      const socket = await connect({ ...own, host: "127.0.0.1", port });
      closing.push(() => socket.destroy());
      await echo(socket);
    }
    expect(clock.pending).toHaveLength(5);
    expect(new Set(clock.pending).size).toBeGreaterThan(1);
    expect(Math.max(...clock.pending)).toBeLessThanOrEqual(1000);
    expect(Math.min(...clock.pending)).toBeGreaterThanOrEqual(500);
  });

  it("only servers of this package can be drained", async () => {
    await expect(drain(createPlainHttps())).rejects.toThrow(TypeError);
  });
});

describe("https", () => {
  it("requests under way are answered with Connection: close, idle connections closed, new ones refused", async () => {
    const { server, url, waiting } = await serveHttps();
    const agent = agentOf();
    const [idle, busy] = [agentOf(), call(url, agent)];
    const first = call(url, idle);
    await expect.poll(() => waiting.length).toBe(2);
    waiting.pop()?.end("ok");
    const early = await Promise.race([first, busy]);
    expect(early.headers.connection).toBe("keep-alive");
    const drained = drain(server);
    await expect(call(url, agentOf())).rejects.toMatchObject({ code: "ECONNREFUSED" });
    waiting.pop()?.end("ok");
    for (const answer of await Promise.all([first, busy])) expect(answer.statusCode).toBe(200);
    expect([...(await Promise.all([first, busy]))].map(({ headers }) => headers.connection).sort()).toEqual([
      "close",
      "keep-alive",
    ]);
    expect(await drained).toBe(0);
  });

  it("an old connection is closed when its request is answered, an idle one at once", async () => {
    const clock = new ManualClock();
    const { url, waiting, connections } = await serveHttps({ clock, ...age });
    const agent = agentOf({ maxSockets: 1 });
    const busy = call(url, agent);
    await expect.poll(() => waiting.length).toBe(1);
    clock.advance(1000);
    waiting.pop()?.end("ok");
    expect((await busy).headers.connection).toBe("close");

    const idle = call(url, agent);
    await expect.poll(() => waiting.length).toBe(1);
    waiting.pop()?.end("ok");
    expect((await idle).headers.connection).toBe("keep-alive");
    const [socket] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
    if (socket === undefined) throw new Error("no idle connection");
    const closed = once(socket, "close");
    clock.advance(1000);
    await closed;
    expect(connections()).toBe(2);
  });

  it("an agent does not use an old connection again", async () => {
    const clock = new ManualClock();
    const { url, waiting, connections } = await serveHttps();
    const agent = agentOf({ clock, ...age });
    for (const wait of [0, 999, 1]) {
      clock.advance(wait);
      const answered = call(url, agent);
      await expect.poll(() => waiting.length).toBe(1);
      waiting.pop()?.end("ok");
      await answered;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(connections()).toBe(2);
  });

  it("a connection that speaks another protocol is left to it until the time is over", async () => {
    const clock = new ManualClock();
    const { server, url } = await serveHttps();
    server.on("upgrade", (_request, socket) => {
      socket
        .on("error", () => {})
        .write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
      socket.pipe(socket);
    });
    const request = get(url, { agent: agentOf(), headers: { connection: "Upgrade", upgrade: "echo" } });
    const [, socket] = await once(request, "upgrade");
    const drained = drain(server, { timeoutMs: 500, clock });
    socket.on("error", () => {}).write("still here");
    expect(`${await once(socket, "data")}`).toBe("still here");
    clock.advance(500);
    expect(await drained).toBe(1);
  });
});

describe("http2", () => {
  it("streams under way are finished, then the session closes", async () => {
    const { server, url, waiting } = await serveHttp2();
    const session = await dial(url);
    const answered = text(session.request({ ":path": "/" }));
    await expect.poll(() => waiting.length).toBe(1);
    const goaway = once(session, "goaway");
    const drained = drain(server);
    await goaway;
    waiting.pop()?.end("ok");
    expect(await answered).toBe("ok");
    expect(await drained).toBe(0);
  });

  it("an old session is closed, on the side that has the option", async () => {
    const clock = new ManualClock();
    const { url } = await serveHttp2({ clock, ...age });
    const session = await dial(url);
    await new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())));
    const closed = once(session, "close");
    clock.advance(1000);
    await closed;

    const other = await serveHttp2();
    const old = await dial(other.url, { clock, ...age });
    const ended = once(old, "close");
    clock.advance(1000);
    await ended;
    expect(clock.pending).toEqual([]);
  });
});

async function serveTls(options: Partial<SpiffeServerOptions> = {}, onConnection?: () => void) {
  const common = { source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] };
  const server = createServer({ ...common, ...options }, (socket) => {
    socket.on("error", () => {});
    if (onConnection === undefined) socket.pipe(socket);
  });
  closing.push(() => server.close());
  return { server, port: await listen(server) };
}

async function echo(socket: SpiffeSocket): Promise<void> {
  socket.write("x");
  expect(`${await once(socket, "data")}`).toBe("x");
}

async function serveHttps(options: Partial<SpiffeHttpsServerOptions> = {}) {
  const waiting: ServerResponse[] = [];
  let connections = 0;
  const common = { source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] };
  const server = createHttpsServer({ ...common, ...options }, (_req, res) => waiting.push(res));
  server.on("secureConnection", () => {
    connections += 1;
  });
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, waiting, url: `https://127.0.0.1:${await listen(server)}/`, connections: () => connections };
}

async function serveHttp2(options: Partial<SpiffeHttp2ServerOptions> = {}) {
  const waiting: { end(text: string): unknown }[] = [];
  const common = { source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] };
  const server = createHttp2Server({ ...common, ...options }, (_req, res) => waiting.push(res));
  closing.push(() => server.close());
  return { server, waiting, url: `https://127.0.0.1:${await listen(server)}` };
}

async function dial(url: string, options: object = {}): Promise<ClientHttp2Session> {
  const session = await connectHttp2(url, { ...own, ...options });
  closing.push(() => session.destroy());
  return session;
}

function agentOf(options: object = {}) {
  const agent = spiffeAgent({ ...own, ...options });
  closing.push(() => agent.destroy());
  return agent;
}

function call(url: string, agent: ReturnType<typeof spiffeAgent>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().on("end", () => resolve(response))).on("error", reject);
  });
}
