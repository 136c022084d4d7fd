import { once } from "node:events";
import { type Agent, get } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { SpiffeError } from "@idstack/spiffe";
import { createServer, type SpiffeAgentOptions, spiffeAgent } from "@idstack/spiffe/https";
import { ManualClock, TestCa } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const api = ca.svid("/api");
const web = ca.svid("/web");
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

describe("an idle connection is not used again", () => {
  it.each<[string, (source: StaticSource) => void, string]>([
    [
      "when the identity was withdrawn",
      (source) => (source.error = new SpiffeError("no-svid", "withdrawn")),
      "no-svid",
    ],
    ["when the trust domain left the bundles", (source) => (source.bundles = []), "no-bundle"],
    [
      "when its CA left the bundle",
      (source) => (source.bundles = [new TestCa("homelab.internal").bundle]),
      "untrusted-chain",
    ],
  ])("%s", async (_, change, code) => {
    const source = new StaticSource(web, ca.bundle);
    const { port } = await server();
    const agent = client({ source });
    expect(await call(port, agent)).toBe("200");
    change(source);
    expect(await call(port, agent)).toBe(code);
  });

  it("when the predicate no longer admits the server", async () => {
    let admitted = true;
    const { port } = await server();
    const agent = client({ authorize: () => admitted });
    expect(await call(port, agent)).toBe("200");
    admitted = false;
    expect(await call(port, agent)).toBe("unauthorized");
  });

  it("when the server's SVID has expired: the next request proves a new one", async () => {
    const clock = new ManualClock();
    const source = new StaticSource(ca.svid("/api", { ttlSeconds: 60 }), ca.bundle);
    const { port, connections } = await server(source);
    const agent = client({ clock });
    for (const later of [0, 59_000, 2000]) {
      clock.advance(later);
      expect(await call(port, agent)).toBe("200");
      source.svid = api;
    }
    expect(connections()).toBe(2);
  });

  it("but it is when another CA joined the bundle, and after a rotation", async () => {
    const source = new StaticSource(web, ca.bundle);
    const { port, connections } = await server();
    const agent = client({ source });
    await call(port, agent);
    source.svid = ca.svid("/web");
    const authorities = [...new TestCa("homelab.internal").bundle.authorities, ...ca.bundle.authorities];
    source.bundles = [{ trustDomain: ca.trustDomain, authorities }];
    await call(port, agent);
    expect(connections()).toBe(1);
  });
});

it("destroy() ends handshakes too", async () => {
  const silent = createTcpServer();
  const port = await listen(silent);
  closing.push(() => silent.close());
  const agent = client({ clock: new ManualClock() });
  const answer = call(port, agent);
  const [socket] = await once(silent, "connection");
  agent.destroy();
  expect(await answer).toBe("ECONNRESET");
  await once(socket.resume(), "close");
});

it("requests queued behind maxSockets fail with the connection that they wait for, they do not hang", async () => {
  const { port, server: https } = await server(undefined, "never answer");
  const agent = client({ maxSockets: 1 });
  const first = call(port, agent);
  const [socket] = await once(https, "secureConnection");
  const waiting = [call(port, agent), call(port, agent), call(port, agent)];
  https.close();
  socket.destroy();
  expect(await first).toBe("ECONNRESET");
  expect(await Promise.all(waiting)).toEqual(["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"]);
  expect(Object.keys(agent.requests)).toEqual([]);
});

it("requests queued behind maxSockets are served when the connection comes free", async () => {
  const { port, connections } = await server();
  const agent = client({ maxSockets: 1 });
  await call(port, agent);
  expect(await Promise.all([call(port, agent), call(port, agent), call(port, agent)])).toEqual(["200", "200", "200"]);
  expect(connections()).toBe(1);
});

it("nor are they served on a connection whose server is no longer admitted", async () => {
  let admitted = true;
  const { port, answers } = await server(undefined, "wait");
  const agent = client({ maxSockets: 1, authorize: () => admitted });
  const calls = [call(port, agent), call(port, agent)];
  await expect.poll(() => answers.length).toBe(1);
  admitted = false;
  answers[0]?.();
  expect(await Promise.all(calls)).toEqual(["200", "unauthorized"]);
  expect(answers).toHaveLength(1);
});

it("nor on one that is too old, however busy the agent is", async () => {
  const clock = new ManualClock();
  const { port, answers, connections } = await server(undefined, "wait");
  const agent = client({ maxSockets: 1, clock, maxConnectionAgeMs: 1000, maxConnectionAgeJitter: 0 });
  const calls = [call(port, agent), call(port, agent)];
  await expect.poll(() => answers.length).toBe(1);
  clock.advance(1000);
  answers[0]?.();
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.();
  expect(await Promise.all(calls)).toEqual(["200", "200"]);
  expect(connections()).toBe(2);
});

it("maxSockets counts handshakes: a burst of requests opens no more connections", async () => {
  const { port, connections } = await server();
  const agent = client({ maxSockets: 2 });
  expect(await Promise.all(Array.from({ length: 6 }, () => call(port, agent)))).toEqual(Array(6).fill("200"));
  expect(connections()).toBe(2);
});

it("after a refused server the same agent works again", async () => {
  let admitted = false;
  const { port } = await server();
  const agent = client({ maxSockets: 1, authorize: () => admitted });
  expect(await Promise.all([call(port, agent), call(port, agent)])).toEqual(["unauthorized", "unauthorized"]);
  expect([Object.keys(agent.sockets), Object.keys(agent.requests)]).toEqual([[], []]);
  admitted = true;
  expect(await call(port, agent)).toBe("200");
});

async function server(source = new StaticSource(api, ca.bundle), behaviour?: "never answer" | "wait") {
  let connections = 0;
  const answers: (() => void)[] = [];
  const https = createServer({ source, authorize: [`${web.id}`] }, (_req, res) => {
    if (behaviour === undefined) res.end("ok");
    else if (behaviour === "wait") answers.push(() => res.end("ok"));
  });
  https.on("secureConnection", () => {
    connections += 1;
  });
  closing.push(() => {
    https.closeAllConnections();
    https.close();
  });
  return { port: await listen(https), server: https, answers, connections: () => connections };
}

function client(options: Partial<SpiffeAgentOptions>): Agent {
  const agent = spiffeAgent({ source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`], ...options });
  closing.push(() => agent.destroy());
  return agent;
}

/** The status code, or the code of the error. */
function call(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    get({ host: "127.0.0.1", port, agent, path: "/some/path" }, (response) => {
      response.resume().on("end", () => setImmediate(resolve, String(response.statusCode)));
    }).on("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
  });
}
