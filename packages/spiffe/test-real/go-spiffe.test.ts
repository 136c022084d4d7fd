import { memberOf, X509Source } from "@idstack/spiffe";
import { type SpiffeAgentOptions, spiffeAgent } from "@idstack/spiffe/https";
import type { Refusal } from "@idstack/spiffe/tls";
import { type GoSpiffePeer, goSpiffePeer, recordEvidence, type Spire, startSpire } from "@idstack/tool-real";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request, startServer } from "./https.ts";

const WEB = "spiffe://homelab.internal/ns/apps/sa/web";
const API = "spiffe://homelab.internal/ns/apps/sa/api";
const ABROAD = "spiffe://elsewhere.internal/ns/apps/sa/web";
const OTHER = "spiffe://homelab.internal/ns/apps/sa/other";
/** Which agent serves whom. `lonely` is registered without federation. */
const workloads = ["web", "api", "lonely", "abroad"] as const;
type Workload = (typeof workloads)[number];

const counts = { admitted: 0, refused: 0, wrong: 0 };

let spire: Spire;
let sources: Record<Workload, X509Source>;
const addressOf = (workload: Workload): string => spire.agents[workloads.indexOf(workload)]?.endpoint ?? "";
const go = (workload: Workload): Promise<GoSpiffePeer> => goSpiffePeer({ workloadApi: addressOf(workload) });

beforeAll(async () => {
  const [home, elsewhere] = ["homelab.internal", "elsewhere.internal"];
  spire = await startSpire({
    servers: [{ trustDomain: home }, { trustDomain: elsewhere }],
    agents: workloads.map((workload) => ({ trustDomain: workload === "abroad" ? elsewhere : home })),
    federation: true,
  });
  const opened = await Promise.all(
    workloads.map(async (workload, index) => {
      const parentId = spire.agents[index]?.id ?? "";
      const federatesWith = workload === "lonely" ? [] : [workload === "abroad" ? home : elsewhere];
      const spiffeId = `/ns/apps/sa/${workload === "abroad" ? "web" : workload}`;
      const server = spire.server(workload === "abroad" ? elsewhere : home);
      await server.createEntry({ spiffeId, parentId, federatesWith });
      return [workload, await X509Source.open({ address: addressOf(workload) })] as const;
    }),
  );
  sources = Object.fromEntries(opened) as Record<Workload, X509Source>;
});
afterAll(async () => {
  await Promise.all(Object.values(sources ?? {}).map((source) => source.close()));
  await spire?.close();
  await recordEvidence({
    component: "go-spiffe-peer",
    proves: "mutual TLS with @idstack/spiffe in both directions",
    checked: counts.admitted + counts.refused,
    unit: "connections",
    mismatches: counts.wrong,
  });
});

/** Counts a connection that has to be admitted or refused; another outcome fails the test too. */
async function counted<T>(expected: "admitted" | "refused", check: () => Promise<T>): Promise<T> {
  counts[expected] += 1;
  try {
    return await check();
  } catch (error) {
    counts.wrong += 1;
    throw error;
  }
}

describe("our server, its client on go-spiffe", () => {
  it.each([
    ["its ID", "web", [WEB], WEB],
    ["membership of its trust domain", "web", memberOf("homelab.internal"), WEB],
    ["the ID of a federated trust domain", "abroad", [WEB, ABROAD], ABROAD],
  ] as const)("admits by %s, over TLS 1.3", async (_, client, authorize, id) => {
    await using server = await startServer({ source: sources.api, authorize });
    await counted("admitted", async () => {
      const answer = await (await go(client)).get(server.url, { authorize: [API] });
      expect(answer).toMatchObject({ status: 200, peer: API });
      expect(JSON.parse(answer.body)).toMatchObject({ peer: id, server: API });
      expect(server.admitted).toMatchObject([{ id, protocol: "TLSv1.3" }]);
    });
  });

  it.each([
    ["another ID", "web", "api", [OTHER], "unauthorized", WEB],
    ["another trust domain of the same path", "abroad", "api", [WEB], "unauthorized", ABROAD],
    ["a trust domain without a bundle", "abroad", "lonely", () => true, "no-bundle", ABROAD],
  ] as const)("refuses %s, before any request", async (_, client, own, authorize, code, peerId) => {
    const refusals: Refusal[] = [];
    const onRefused = (refusal: Refusal): number => refusals.push(refusal);
    await using server = await startServer({ source: sources[own], authorize, onRefused });
    await counted("refused", async () => {
      const call = (await go(client)).get(server.url, { authorize: "any" });
      await expect(call).rejects.toMatchObject({ code: "command-failed" });
      expect(refusals).toMatchObject([{ side: "server", code, peerId }]);
      expect(server.admitted).toEqual([]);
    });
  });

  it("is refused by a client that wants another ID, and sees no request", async () => {
    await using server = await startServer({ source: sources.api, authorize: [WEB] });
    await counted("refused", async () => {
      const call = (await go("web")).get(server.url, { authorize: [OTHER] });
      await expect(call).rejects.toThrow(`unexpected ID \\"${API}\\"`);
      expect(server.admitted).toEqual([]);
    });
  });

  it("serves many connections", async () => {
    await using server = await startServer({ source: sources.api, authorize: [WEB] });
    const measured = await (await go("web")).measure(server.url, {
      authorize: [API],
      count: 100,
      parallel: 4,
      handshakes: true,
    });
    counts.admitted += measured.requests;
    expect(server.admitted).toHaveLength(100);
    expect(new Set(server.admitted.map(({ id, protocol }) => `${id} ${protocol}`))).toEqual(
      new Set([`${WEB} TLSv1.3`]),
    );
  });
});

describe("a server on go-spiffe, our client", () => {
  const clientOf = (options: SpiffeAgentOptions) => ({
    agent: spiffeAgent(options),
    [Symbol.dispose]() {
      this.agent.destroy();
    },
  });

  it.each([
    ["its ID", "web", [API], WEB],
    ["membership of its trust domain", "web", memberOf("homelab.internal"), WEB],
    ["an ID of the trust domain it federates with", "abroad", [API], ABROAD],
  ] as const)("is admitted by %s, over TLS 1.3", async (_, client, authorize, id) => {
    await using server = await (await go("api")).serve({ authorize: [WEB, ABROAD] });
    using own = clientOf({ source: sources[client], authorize });
    await counted("admitted", async () => {
      const answer = await request(server.url, own.agent);
      expect(answer.body).toEqual({ peer: id, server: API });
      expect([`${answer.peer}`, answer.protocol]).toEqual([API, "TLSv1.3"]);
      await server.events.find((event) => event.event === "request" && event.peer === id);
    });
  });

  it.each([
    ["another ID is wanted", "web", [OTHER], "unauthorized"],
    ["its trust domain has no bundle", "lonely", () => true, "no-bundle"],
  ] as const)("is refused before any request when %s", async (_, client, authorize, code) => {
    const serves = client === "lonely" ? "abroad" : "api";
    await using server = await (await go(serves)).serve({ authorize: "any" });
    using own = clientOf({ source: sources[client], authorize });
    await counted("refused", async () => {
      await expect(request(server.url, own.agent)).rejects.toMatchObject({ name: "SpiffeError", code });
      await server.events.find((event) => event.event === "error");
      expect(server.events.all.filter(({ event }) => event === "request")).toEqual([]);
    });
  });

  it("refuses us when it wants another ID", async () => {
    await using server = await (await go("api")).serve({ authorize: [OTHER] });
    using own = clientOf({ source: sources.web, authorize: [API] });
    await counted("refused", async () => {
      await expect(request(server.url, own.agent)).rejects.toMatchObject({
        code: expect.stringMatching(/^(ECONNRESET|EPIPE|ERR_SSL_.*)$/),
      });
      const told = await server.events.find((event) => event.event === "error");
      expect(told).toMatchObject({ error: expect.stringContaining(`unexpected ID "${WEB}"`) });
    });
  });
});
