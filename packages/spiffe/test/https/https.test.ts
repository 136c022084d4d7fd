import { once } from "node:events";
import type { ClientRequest } from "node:http";
import { type Agent, get } from "node:https";
import { createServer as createTcpServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { X509Source } from "@idstack/spiffe";
import {
  createServer,
  peerOf,
  type SpiffeAgentOptions,
  type SpiffeHttpsServerOptions,
  spiffeAgent,
} from "@idstack/spiffe/https";
import { type FakeWorkloadApi, ManualClock, startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const api = ca.svid("/api");
const web = ca.svid("/web");
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it("the request knows its peer, and so does the response, before and after its end", async () => {
  const { url } = await server(new StaticSource(api, ca.bundle));
  const call = await fetchText(url, client(new StaticSource(web, ca.bundle)));
  expect(call).toMatchObject({ body: "spiffe://homelab.internal/web", server: "spiffe://homelab.internal/api" });
});

it("connections are reused, without another handshake", async () => {
  const { url, connections } = await server(new StaticSource(api, ca.bundle));
  const agent = client(new StaticSource(web, ca.bundle));
  for (let round = 0; round < 3; round += 1) await fetchText(url, agent);
  expect(connections()).toBe(1);
});

it("a refused caller's request fails with ECONNRESET", async () => {
  const { url } = await server(new StaticSource(api, ca.bundle), { authorize: [] });
  await expect(fetchText(url, client(new StaticSource(web, ca.bundle)))).rejects.toMatchObject({
    code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
  });
});

it.each<[string, (call: ClientRequest, stop: AbortController) => void, string]>([
  ["by its signal", (_call, stop) => stop.abort(), "AbortError"],
  ["by its owner", (call) => call.destroy(new RangeError("of the owner")), "RangeError"],
])(
  "a request that is given up during the handshake %s fails at once and leaves nothing behind",
  async (_, act, name) => {
    const silent = createTcpServer();
    closing.push(() => silent.close());
    const clock = new ManualClock();
    const agent = client(new StaticSource(web, ca.bundle), true, { clock });
    const stop = new AbortController();
    const call = get(`https://127.0.0.1:${await listen(silent)}/`, { agent, signal: stop.signal });
    const errors: string[] = [];
    call.on("error", (error) => errors.push(error.name));
    const [socket] = (await once(silent, "connection")) as [Socket];
    const gone = once(socket.on("error", () => {}).resume(), "close");
    act(call, stop);
    await gone;
    await expect.poll(() => errors).toHaveLength(1);
    expect([errors, clock.pending, Object.keys(agent.requests)]).toEqual([[name], [], []]);
    const { url } = await server(new StaticSource(api, ca.bundle));
    expect((await fetchText(url, agent)).body).toBe("spiffe://homelab.internal/web");
  },
);

it("a request that is given up during the handshake takes nothing from those that wait for the same connection", async () => {
  const { url, connections } = await server(new StaticSource(api, ca.bundle));
  const agent = client(new StaticSource(web, ca.bundle), true, { maxSockets: 1 });
  const call = get(url, { agent });
  const failed = once(call, "error");
  const waiting = [fetchText(url, agent), fetchText(url, agent)];
  call.destroy();
  expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
  for (const { body } of await Promise.all(waiting)) expect(body).toBe("spiffe://homelab.internal/web");
  expect(connections()).toBe(1);
});

describe("with an agent that rotates", () => {
  it("new SVIDs reach server and agent under load: no request fails", async () => {
    const [apiAgent, webAgent] = [await workloadApi(api), await workloadApi(web)];
    const [apiSource, webSource] = [await open(apiAgent), await open(webAgent)];
    const { url } = await server(apiSource);
    const agents = [client(webSource), client(webSource, false)];
    const serials = new Set<string>();
    let requests = 0;
    const worker = async (): Promise<void> => {
      while (requests < 120) {
        requests += 1;
        serials.add((await fetchText(url, agents[requests % 2] as Agent)).serial);
        if (requests % 30 === 0) {
          apiAgent.update({ svids: [ca.intermediate().svid("/api")] });
          webAgent.update({ svids: [ca.svid("/web")] });
        }
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    expect(serials.size).toBeGreaterThanOrEqual(3);
  });

  it("a withdrawn identity stops new handshakes, a granted one lets them through again", async () => {
    const webAgent = await workloadApi(web);
    const source = await open(webAgent);
    const { url } = await server(new StaticSource(api, ca.bundle));
    const agent = client(source, false);
    await fetchText(url, agent);
    webAgent.fail("PermissionDenied");
    await expect.poll(() => fetchText(url, agent).then(String, (error) => error.code)).toBe("no-svid");
    const update = source.updates().next();
    webAgent.update({ svids: [web] });
    await update;
    await fetchText(url, agent);
  });

  it("a closed source ends handshakes on both sides", async () => {
    const source = await open(await workloadApi(web));
    const { url } = await server(source, { authorize: [`${web.id}`] });
    await source.close();
    await expect(fetchText(url, client(source))).rejects.toMatchObject({ code: "source-closed" });
    await expect(fetchText(url, client(new StaticSource(web, ca.bundle)))).rejects.toMatchObject({
      code: "ECONNRESET",
    });
  });
});

async function workloadApi(svid: typeof web): Promise<FakeWorkloadApi> {
  const fake = await startWorkloadApi({ svids: [svid] });
  closing.push(() => fake.close());
  return fake;
}

async function open(agent: FakeWorkloadApi): Promise<X509Source> {
  const source = await X509Source.open({ address: agent.address, backoff: () => 5 });
  closing.push(() => source.close());
  return source;
}

async function server(source: SpiffeHttpsServerOptions["source"], options: Partial<SpiffeHttpsServerOptions> = {}) {
  let connections = 0;
  const https = createServer({ source, authorize: [`${web.id}`], ...options }, (req, res) => res.end(`${req.peer.id}`));
  https.on("secureConnection", () => {
    connections += 1;
  });
  closing.push(() => {
    https.closeAllConnections();
    https.close();
  });
  return { url: `https://127.0.0.1:${await listen(https)}/`, connections: () => connections };
}

function client(
  source: SpiffeHttpsServerOptions["source"],
  keepAlive = true,
  options: Partial<SpiffeAgentOptions> = {},
): Agent {
  const agent = spiffeAgent({ source, authorize: [`${api.id}`], keepAlive, ...options });
  closing.push(() => agent.destroy());
  return agent;
}

function fetchText(url: string, agent: Agent): Promise<{ body: string; server: string; serial: string }> {
  return new Promise((resolve, reject) => {
    const call = get(url, { agent }, (response) => {
      const before = peerOf(response);
      text(response).then((body) => {
        const { id, certificates } = peerOf(response);
        expect(before.id).toBe(id);
        resolve({ body, server: id.toString(), serial: certificates[0].serialNumber });
      }, reject);
    });
    call.on("error", reject);
  });
}
