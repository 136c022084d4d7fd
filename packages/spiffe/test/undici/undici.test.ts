import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer as createPlainServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type SpiffeHttpsServerOptions } from "@idstack/spiffe/https";
import { ManualClock, TestCa } from "@idstack/spiffe/testing";
import { type SpiffeFetch, type SpiffeUndiciAgentOptions, spiffeAgent, spiffeFetch } from "@idstack/spiffe/undici";
import * as newest from "undici";
import * as lowest from "undici-lowest";
import { afterEach, describe, expect, it } from "vitest";
import { agentOf, type Undici } from "../../src/undici/agent.ts";
import { fetchOf } from "../../src/undici/fetch.ts";
import { listen, rawServer } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";
import { WebPki } from "../fixtures/web-pki.ts";

const ca = new TestCa("homelab.internal");
const api = ca.intermediate().svid("/api");
const web = ca.svid("/web");
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const copies: [string, Undici][] = [
  ["the newest", newest],
  ["the lowest", lowest as unknown as Undici],
];

describe.each(copies)("%s undici", (_, undici) => {
  it("fetches; the server knows its caller; connections are reused", async () => {
    const { url, connections } = await serve();
    const fetch = fetcher(undici);
    for (let round = 0; round < 3; round += 1) expect(await read(fetch, url)).toBe(`${web.id}`);
    expect(connections()).toBe(1);
  });

  it("a refused server fails the request before a byte is written, with the reason as cause", async () => {
    const raw = await rawServer(api);
    closing.push(raw.close);
    const failed = fetcher(undici, { authorize: [] })(`https://127.0.0.1:${raw.port}/`, {
      method: "POST",
      body: "secret",
    });
    await expect(failed).rejects.toMatchObject({
      name: "TypeError",
      cause: { name: "SpiffeError", code: "unauthorized" },
    });
    await Promise.all(raw.ended);
    expect(raw.received).toEqual([]);
  });

  it("plain http is refused, also as the target of a redirect", async () => {
    const { url } = await serve({}, { redirect: "http://127.0.0.1:8080/" });
    const fetch = fetcher(undici);
    await expect(fetch("http://127.0.0.1:8080/")).rejects.toMatchObject({ cause: { name: "TypeError" } });
    await expect(fetch(url)).rejects.toMatchObject({ cause: { message: expect.stringMatching(/is not https/) } });
  });

  it("socketPath leads to a unix socket", async () => {
    const server = createServer({ source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] }, (req, res) => {
      res.end(`${req.headers.host} ${req.peer.id}`);
    });
    closing.push(() => server.close());
    const socketPath = join(mkdtempSync(join(tmpdir(), "undici-")), "api.sock");
    await once(server.listen(socketPath), "listening");
    expect(await read(fetcher(undici, { socketPath }), "https://api.internal/")).toBe(`api.internal ${web.id}`);
  });

  it("another dispatcher cannot be smuggled in", async () => {
    const pki = new WebPki();
    const server = createPlainServer(pki.certificate("localhost"), (_req, res) => res.end("of nobody"));
    closing.push(() => server.close());
    const url = `https://localhost:${await listen(server)}/`;
    const smuggled = new undici.Agent({ connect: { rejectUnauthorized: false }, keepAliveTimeout: 1 });
    closing.push(() => smuggled.close());
    expect(await (await undici.fetch(url, { dispatcher: smuggled })).text()).toBe("of nobody");
    await expect(fetcher(undici)(url, { dispatcher: smuggled })).rejects.toMatchObject({
      cause: { code: "no-bundle" },
    });
  });

  it("an idle connection is not used again when the server would no longer be admitted", async () => {
    const { url, connections } = await serve();
    const source = new StaticSource(web, ca.bundle);
    const fetch = fetcher(undici, { source });
    await read(fetch, url);
    source.bundles = [new TestCa("homelab.internal").bundle];
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "untrusted-chain" } });
    source.bundles = [ca.bundle];
    await read(fetch, url);
    await read(fetch, url);
    expect(connections()).toBe(2);
  });

  it("nor when its SVID has expired, or this side has lost its own", async () => {
    const clock = new ManualClock();
    const { url } = await serve();
    const source = new StaticSource(web, ca.bundle);
    const fetch = fetcher(undici, { source, clock });
    await read(fetch, url);
    clock.advance(3_601_000);
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "certificate-expired" } });

    const other = fetcher(undici, { source });
    await read(other, url);
    source.getX509Context = () => {
      throw new Error("withdrawn");
    };
    await expect(other(url)).rejects.toMatchObject({ cause: { code: "no-svid" } });
  });

  it("nor when it is older than it may be", async () => {
    const clock = new ManualClock();
    const { url, connections } = await serve();
    const fetch = fetcher(undici, { clock, maxConnectionAgeMs: 1000, maxConnectionAgeJitter: 0 });
    await read(fetch, url);
    clock.advance(999);
    await read(fetch, url);
    expect(connections()).toBe(1);
    clock.advance(1);
    await read(fetch, url);
    expect(connections()).toBe(2);
  });

  it("requests that wait for a connection are served on a new one when theirs may no longer be used", async () => {
    const held: ServerResponse[] = [];
    const { url, source: apiSource, sockets } = await serve({}, { hold: (res) => held.push(res) === 1 });
    const source = new StaticSource(web, ca.bundle);
    const fetch = fetcher(undici, { source, connections: 1 });
    const first = fetch(url);
    await expect.poll(() => held.length).toBe(1);
    const waiting = [fetch(url), fetch(url), fetch(url)];
    // The CA of the connection leaves the bundle while one request is under way on it and three wait for it.
    const next = new TestCa("homelab.internal");
    apiSource.svid = next.svid("/api");
    source.bundles = [next.bundle];
    held[0]?.end("late");
    expect(await (await first).text()).toBe("late");
    for (const response of await Promise.all(waiting)) expect(await response.text()).toBe(`${web.id}`);
    expect(sockets).toEqual([0, 1, 1, 1]);
  });

  it("rotation under load: no request fails", async () => {
    // Every third answer ends its connection: the next one is made with the SVIDs of then.
    let answers = 0;
    const end = (res: ServerResponse): void => {
      answers += 1;
      if (answers % 3 === 0) res.setHeader("connection", "close");
    };
    const { url, source: apiSource, clients } = await serve({}, { before: end });
    const source = new StaticSource(web, ca.bundle);
    const fetch = fetcher(undici, { source });
    let requests = 0;
    const worker = async (): Promise<void> => {
      while (requests < 60) {
        requests += 1;
        const response = await fetch(url);
        expect([response.status, await response.text()]).toEqual([200, `${web.id}`]);
        if (requests % 10 === 0) {
          source.svid = ca.svid("/web");
          apiSource.svid = ca.intermediate().svid("/api");
        }
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    expect(clients.size).toBeGreaterThanOrEqual(4);
  });
});

it("works with the other functions of the installed undici", async () => {
  const { url } = await serve();
  const dispatcher = spiffeAgent({ source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] });
  closing.push(() => dispatcher.close());
  const { body } = await newest.request(url, { dispatcher });
  expect(await body.text()).toBe(`${web.id}`);
});

it("closes with its scope", async () => {
  const { url } = await serve();
  let fetch: SpiffeFetch;
  {
    await using scoped = spiffeFetch({ source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] });
    fetch = scoped;
    await read(fetch, url);
  }
  await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "UND_ERR_DESTROYED" } });
});

interface Behaviour {
  readonly redirect?: string;
  readonly before?: (res: ServerResponse) => void;
  /** Is this answer given later, by the test? */
  readonly hold?: (res: ServerResponse) => boolean;
}

async function serve(options: Partial<SpiffeHttpsServerOptions> = {}, { redirect, before, hold }: Behaviour = {}) {
  const all: object[] = [];
  /** The connection of each request, by its number. */
  const sockets: number[] = [];
  /** Serial numbers of the SVIDs that clients came with. */
  const clients = new Set<string>();
  const source = new StaticSource(api, ca.bundle);
  const server = createServer({ source, authorize: [`${web.id}`], ...options }, (req, res) => {
    sockets.push(all.indexOf(req.socket));
    clients.add(req.peer.certificates[0].serialNumber);
    before?.(res);
    if (hold?.(res)) return;
    if (redirect !== undefined) res.writeHead(302, { location: redirect });
    res.end(`${req.peer.id}`);
  });
  server.on("secureConnection", (socket) => all.push(socket));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { source, url: `https://127.0.0.1:${await listen(server)}/`, connections: () => all.length, sockets, clients };
}

/** undici takes a connection back right after it handed out the end of the body. */
async function read(fetch: SpiffeFetch, url: string): Promise<string> {
  const body = await (await fetch(url)).text();
  await new Promise((resolve) => setImmediate(resolve));
  return body;
}

function fetcher(undici: Undici, options: Partial<SpiffeUndiciAgentOptions> = {}) {
  const source = new StaticSource(web, ca.bundle);
  const fetch = fetchOf(undici, { source, authorize: [`${api.id}`], ...options });
  closing.push(() => fetch.agent.destroy());
  return fetch;
}

it("agents of every copy have their own undici below", () => {
  for (const [, undici] of copies) {
    const agent = agentOf(undici, { source: new StaticSource(web, ca.bundle), authorize: [] });
    closing.push(() => agent.destroy());
    expect(agent).toBeInstanceOf(undici.Agent);
  }
});
