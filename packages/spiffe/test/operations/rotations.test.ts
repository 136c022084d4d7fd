// Rotations pushed one after the other while requests run at full speed; 10,000 of them with IDSTACK_LONG.
import { mkdtempSync } from "node:fs";
import { request as plainRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Source } from "@idstack/spiffe";
import { createServer, spiffeAgent } from "@idstack/spiffe/https";
import { ManualClock, startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
import { expect, it } from "vitest";

const LONG = process.env["IDSTACK_LONG"] !== undefined;
const ROTATIONS = LONG ? 10_000 : 200;
const ca = new TestCa("homelab.internal");

it(`${ROTATIONS} rotations under load: no request fails, nothing leaks`, {
  timeout: LONG ? 3_600_000 : 60_000,
}, async () => {
  // Minting costs more than everything else: a stock of SVIDs is pushed in turn.
  const stock = Array.from({ length: 20 }, () => ca.svid("/web"));
  const svidOf = (round: number) => stock[round % stock.length] ?? ca.svid("/web");
  const before = resources();
  {
    await using api = await startWorkloadApi({ svids: [svidOf(0)] });
    await using source = await X509Source.open({ address: api.address });
    const server = createServer({ source, authorize: ["spiffe://homelab.internal/web"] }, (_req, res) => res.end("ok"));
    server.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const authorize = ["spiffe://homelab.internal/web"];
    const agents = [true, false].map((keepAlive) => spiffeAgent({ source, authorize, keepAlive }));
    const outcome = { done: 0, failed: [] as unknown[] };
    let rotating = true;
    const workers = [...agents, ...agents].map(async (agent) => {
      while (rotating) {
        try {
          await get(port, agent);
          outcome.done += 1;
        } catch (error) {
          outcome.failed.push(error);
        }
      }
    });
    let updates = 0;
    source.onUpdate(() => {
      updates += 1;
    });
    const memory: number[] = [];
    for (let round = 1; round <= ROTATIONS; round += 1) {
      const updated = source.waitForUpdate();
      api.update({ svids: [svidOf(round)] });
      await updated;
      if (round % Math.ceil(ROTATIONS / 10) === 0) memory.push(process.memoryUsage().heapUsed);
    }
    rotating = false;
    await Promise.all(workers);
    if (LONG) {
      const heap = memory.map((bytes) => Math.round(bytes / 1e6));
      console.log({ rotations: ROTATIONS, requests: outcome.done, failed: outcome.failed.length, heapMegabytes: heap });
    }
    expect(outcome.failed).toEqual([]);
    expect(outcome.done).toBeGreaterThan(0);
    expect(updates).toBe(ROTATIONS);
    expect(api.openStreams).toBe(1);
    expect(api.openConnections).toBe(1);
    expect(api.calls).toHaveLength(1);
    // Flat: the last third is no more than half again above the first, garbage included.
    if (LONG) expect(Math.min(...memory.slice(-3))).toBeLessThan(1.5 * Math.max(...memory.slice(0, 3)));
    for (const agent of agents) agent.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await expect.poll(resources).toEqual(before);
});

it("a socket that disappears and returns: the last state stays in use, then the new one arrives", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "returns-")), "agent.sock");
  const first = await startWorkloadApi({ listen: { path }, svids: [ca.svid("/first")] });
  await using source = await X509Source.open({ address: first.address, backoff: () => 5 });
  await first.close();
  await expect
    .poll(() => source.health())
    .toMatchObject({
      state: "disconnected",
      lastError: { code: "endpoint-not-found" },
    });
  expect(source.svid.id.path).toBe("/first");
  const next = source.waitForUpdate();
  await using _second = await startWorkloadApi({ listen: { path }, svids: [ca.svid("/second")] });
  expect((await next).svid.id.path).toBe("/second");
});

it("a clock that jumps: forwards the SVID is expired until it is renewed, backwards nothing is retried faster", async () => {
  const clock = new ManualClock();
  await using api = await startWorkloadApi({ svids: [ca.svid("/web", { ttlSeconds: 3600 })] });
  await using source = await X509Source.open({ address: api.address, clock, backoff: () => 1000 });
  clock.advance(7200_000);
  expect(source.health()).toMatchObject({ state: "expired", healthy: false });
  const renewed = source.waitForUpdate();
  api.update({ svids: [ca.svid("/web", { now: clock.now() })] });
  await renewed;
  expect(source.health().state).toBe("ready");
  clock.advance(-7200_000);
  expect(source.health()).toMatchObject({ state: "ready", ageMs: 0 });
  api.fail("Unavailable");
  await expect.poll(() => clock.pending).toEqual([1000]);
  expect(source.health().attempts).toBe(1);
});

function get(port: number, agent: ReturnType<typeof spiffeAgent>): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = plainRequest({ host: "127.0.0.1", port, agent }, (response) => {
      response.on("error", reject).on("end", resolve).resume();
    });
    sent.on("error", reject).end();
  });
}

/** Sockets and the like that are open now, without those of the test runner, which come and go. */
function resources(): Record<string, number> {
  const kinds = ["TCPSocketWrap", "TCPServerWrap", "TLSWrap", "PipeConnectWrap", "PipeServerWrap", "HTTP2SESSION"];
  const active = process.getActiveResourcesInfo();
  return Object.fromEntries(kinds.map((kind) => [kind, active.filter((each) => each === kind).length]));
}
