import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { get } from "node:https";
import { X509Source } from "@idstack/spiffe";
import { spiffeAgent } from "@idstack/spiffe/https";
import { type GoSpiffePeer, goSpiffePeer, recordEvidence, type Spire, startSpire } from "@idstack/tool-real";
import { afterAll, beforeAll, expect, it } from "vitest";
import { request, startServer } from "./https.ts";
import { SOON, until } from "./wait.ts";

const WEB = "spiffe://homelab.internal/web";
const API = "spiffe://homelab.internal/api";
/** The agent renews about a second after the SVID was issued, and looks every second. */
const TTL_SECONDS = 12;
const ROTATIONS = 4;

const counts = { connections: 0, failed: 0 };

let spire: Spire;
let sources: { readonly web: X509Source; readonly api: X509Source };
let go: { readonly web: GoSpiffePeer; readonly api: GoSpiffePeer };
/** What the source of `web` could not do. */
const failures: string[] = [];

beforeAll(async () => {
  const trustDomain = "homelab.internal";
  spire = await startSpire({
    servers: [{ trustDomain }],
    agents: [{ trustDomain }, { trustDomain }],
    ttl: { x509Svid: TTL_SECONDS },
  });
  const [webAgent, apiAgent] = spire.agents;
  const [web = "", api = ""] = [webAgent?.endpoint, apiAgent?.endpoint];
  await spire.server().createEntry({ spiffeId: "/web", parentId: webAgent?.id ?? "" });
  await spire.server().createEntry({ spiffeId: "/api", parentId: apiAgent?.id ?? "" });
  sources = {
    web: await X509Source.open({ address: web, onError: ({ code }) => void failures.push(code) }),
    api: await X509Source.open({ address: api }),
  };
  go = { web: await goSpiffePeer({ workloadApi: web }), api: await goSpiffePeer({ workloadApi: api }) };
});
afterAll(async () => {
  await Promise.all([sources?.web.close(), sources?.api.close()]);
  await spire?.close();
  await recordEvidence({
    component: "spire",
    proves: "@idstack/spiffe connects while SVIDs rotate and an agent restarts",
    checked: counts.connections,
    unit: "connections",
    mismatches: counts.failed,
  });
});

/** One connection; fails loudly and is counted. */
async function connected<T>(connect: () => Promise<T>): Promise<T> {
  counts.connections += 1;
  try {
    return await connect();
  } catch (error) {
    counts.failed += 1;
    throw error;
  }
}

const serialOf = (source: X509Source): string => source.svid.certificates[0].serialNumber;

it("every new connection has the newest SVID over several rotations, and an open one stays open", async () => {
  await using ours = await startServer({ source: sources.api, authorize: [WEB] });
  await using theirs = await go.api.serve({ authorize: [WEB] });
  const agent = spiffeAgent({ source: sources.web, authorize: [API], keepAlive: false });
  const seen = { clients: new Set<string>(), goServer: new Set<string>(), ourServer: new Set<string>() };
  /** Every SVID of the two sources since then, in order. */
  const history = { web: [serialOf(sources.web)], api: [serialOf(sources.api)] };
  const stopWatching = (["web", "api"] as const).map((name) =>
    sources[name].onUpdate(({ svid }) => void history[name].push(svid.certificates[0].serialNumber)),
  );
  const renewedInGo = () => theirs.events.all.filter(({ event }) => event === "updated").length;
  const enough = () => Math.min(history.web.length, history.api.length, renewedInGo()) > ROTATIONS;
  await using open = await openResponse(sources);

  const giveUp = Date.now() + SOON;
  const goClients = (async () => {
    while (!enough() && Date.now() < giveUp) {
      const load = { authorize: [API], count: 20, parallel: 2, handshakes: true } as const;
      await connected(() => go.web.measure(ours.url, load));
      counts.connections += load.count - 1;
    }
  })();
  while (!enough() && Date.now() < giveUp) {
    const [webBefore, apiBefore] = [history.web.length, history.api.length];
    const [toOurs, toGo] = await connected(() => Promise.all([request(ours.url, agent), request(theirs.url, agent)]));
    counts.connections += 1;
    // A rotation may fall into the handshake; an SVID of before it would be an old one.
    expect(history.api.slice(apiBefore - 1)).toContain(toOurs.serial);
    expect(history.web.slice(webBefore - 1)).toContain(toOurs.body.serial);
    seen.ourServer.add(toOurs.serial);
    seen.goServer.add(toGo.serial);
  }
  await goClients;
  agent.destroy();
  for (const stop of stopWatching) stop();
  for (const { serial } of ours.admitted) seen.clients.add(serial);

  expect(enough(), JSON.stringify({ ...history, go: renewedInGo() })).toBe(true);
  for (const serials of Object.values(seen)) expect(serials.size).toBeGreaterThanOrEqual(ROTATIONS);
  expect(await open.finish()).toBe("from the first SVID to the last");
});

it("while the agent is gone the last SVID is used, and when it is back the next ones", async () => {
  const [agent] = spire.agents;
  await using ours = await startServer({ source: sources.api, authorize: [WEB] });
  const client = spiffeAgent({ source: sources.web, authorize: [API], keepAlive: false });
  failures.length = 0;
  await agent?.stop();
  const last = serialOf(sources.web);
  await connected(() => request(ours.url, client));
  expect(ours.admitted.map(({ serial }) => serial)).toEqual([last]);
  // Attempts to reach it fail with growing pauses, and change nothing.
  await expect.poll(() => sources.web.health().attempts, { timeout: SOON }).toBeGreaterThanOrEqual(4);
  expect(serialOf(sources.web)).toBe(last);

  await agent?.start();
  const { svid } = await until(sources.web, (context) => context.svid.certificates[0].serialNumber !== last);
  expect(`${svid.id}`).toBe(WEB);
  // The agent begins a new life with new SVIDs; from then on they rotate as before.
  await until(
    sources.web,
    (context) => context.svid.certificates[0].serialNumber !== svid.certificates[0].serialNumber,
  );
  await connected(() => request(ours.url, client));
  client.destroy();
  expect(ours.admitted.at(-1)?.serial).not.toBe(last);
  const whileAway = new Set(["endpoint-not-found", "endpoint-refused", "unavailable", "rpc-failed"]);
  expect(failures.filter((code) => !whileAway.has(code))).toEqual([]);
});

it("agents killed under load: nothing fails while the SVIDs are valid, open connections stay, the sources recover", async () => {
  const agents = spire.agents;
  await using ours = await startServer({ source: sources.api, authorize: [WEB] });
  await using open = await openResponse(sources);
  const pools = [true, false].map((keepAlive) => spiffeAgent({ source: sources.web, authorize: [API], keepAlive }));
  const load = { done: 0, over: false, failed: [] as { readonly at: number; readonly error: string }[] };
  const workers = [...pools, ...pools].map(async (pool) => {
    while (!load.over) {
      try {
        await request(ours.url, pool);
        load.done += 1;
      } catch (error) {
        load.failed.push({ at: Date.now(), error: String(error) });
      }
    }
  });
  const more = (count: number) => {
    const goal = load.done + count;
    return expect.poll(() => load.done, { timeout: SOON, interval: 10 }).toBeGreaterThan(goal);
  };
  await more(50);

  await Promise.all(agents.map((agent) => agent.kill()));
  const last = { web: serialOf(sources.web), api: serialOf(sources.api) };
  const expiry = Math.min(...[sources.web, sources.api].map((source) => source.health().expiresAt ?? 0));
  for (const source of [sources.web, sources.api]) {
    await expect.poll(() => source.health().attempts, { timeout: SOON }).toBeGreaterThanOrEqual(2);
  }
  await more(50);
  expect([serialOf(sources.web), serialOf(sources.api)]).toEqual([last.web, last.api]);

  await Promise.all(agents.map((agent) => agent.start()));
  for (const name of ["web", "api"] as const) {
    await until(sources[name], ({ svid }) => svid.certificates[0].serialNumber !== last[name]);
    expect(sources[name].health()).toMatchObject({ state: "ready", healthy: true });
  }
  const recovered = Date.now();
  await more(50);
  load.over = true;
  await Promise.all(workers);
  for (const pool of pools) pool.destroy();
  expect(await open.finish()).toBe("from the first SVID to the last");
  // Agents that took longer to return than the last SVIDs were valid leave nothing to show.
  const unexpected = load.failed.filter(({ at }) => at < expiry || at > recovered + 1000);
  counts.connections += load.done + unexpected.length;
  counts.failed += unexpected.length;
  expect(unexpected).toEqual([]);
  expect(ours.admitted.at(-1)?.serial).not.toBe(last.web);
});

/** A response that is under way until `finish`, over a connection made now. */
async function openResponse({ web, api }: typeof sources): Promise<{ finish(): Promise<string> } & AsyncDisposable> {
  let response: ServerResponse | undefined;
  await using stack = new AsyncDisposableStack();
  const { url, server } = stack.use(await startServer({ source: api, authorize: [WEB] }));
  server.removeAllListeners("request");
  server.on("request", (_req, res) => {
    response = res;
    res.write("from the first SVID ");
  });
  const agent = stack.adopt(spiffeAgent({ source: web, authorize: [API] }), (each) => each.destroy());
  const [res] = await once(get(url, { agent }), "response");
  const owned = stack.move();
  return {
    async finish() {
      response?.end("to the last");
      const chunks: Buffer[] = [];
      for await (const chunk of res) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
