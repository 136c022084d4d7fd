import { parseSpiffeBundle, type SpiffeBundle, type SpiffeError, TrustDomain } from "@idstack/spiffe";
import { BundleStore, BundleWatcher, type BundleWatcherOptions, bundleHandler } from "@idstack/spiffe/federation";
import { createServer } from "@idstack/spiffe/https";
import { type FakeBundleEndpoint, ManualClock, startBundleEndpoint, TestCa } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

/** Tells the timer of a fetch from that of the pause after it. */
const FETCH_TIMEOUT_MS = 7777;
const partner = TrustDomain.parse("partner.internal");
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

function bundle(members: string, trustDomain = partner): SpiffeBundle {
  return parseSpiffeBundle(trustDomain, `{"keys": []${members}}`);
}
const sequence = (number: number, hint = 60): string =>
  `, "spiffe_sequence": ${number}, "spiffe_refresh_hint": ${hint}`;

describe("BundleWatcher", () => {
  it("fetches at once and then by the refresh hint", async () => {
    const { endpoint, watcher, clock } = await start({ body: bundle(sequence(1)) });
    expect((await watcher.ready()).sequenceNumber).toBe(1n);
    expect(await pause(clock)).toEqual([60_000]);
    endpoint.response = { body: bundle(sequence(2, 7200)) };
    const following = watcher.updates();
    clock.advance(60_000);
    expect((await following.next()).value?.sequenceNumber).toBe(2n);
    expect(await pause(clock)).toEqual([7_200_000]);
  });

  it.each([
    ["", 300_000],
    [', "spiffe_refresh_hint": 0', 300_000],
    [', "spiffe_refresh_hint": 1', 10_000],
    [', "spiffe_refresh_hint": 99999999', 86_400_000],
  ])("%s: the next fetch after %d ms", async (members, ms) => {
    const { watcher, clock } = await start({ body: bundle(members) });
    await watcher.ready();
    expect(await pause(clock)).toEqual([ms]);
  });

  it("waits for the next interval after a failure; the stored bundle stays", async () => {
    const errors: string[] = [];
    const told: string[] = [];
    const { endpoint, watcher, clock } = await start(
      { body: bundle(sequence(1)) },
      {
        onError: ({ code }) => errors.push(code),
        metrics: {
          update: ({ source, address }) => told.push(`${source} ${address}`),
          error: ({ source, code }) => told.push(`${source} ${code}`),
        },
      },
    );
    expect(watcher.health()).toMatchObject({ state: "starting", healthy: false, attempts: 0 });
    await watcher.ready();
    expect(watcher.health()).toEqual({ state: "ready", healthy: true, ageMs: 0, updatedAt: clock.now(), attempts: 0 });
    await pause(clock);
    endpoint.response = { status: 500 };
    clock.advance(60_000);
    await expect.poll(() => errors).toEqual(["bundle-endpoint-status"]);
    expect(await pause(clock)).toEqual([60_000]);
    expect(watcher.store.getSpiffeBundle(partner)?.sequenceNumber).toBe(1n);
    expect(endpoint.requests).toHaveLength(2);
    const lastError = { code: "bundle-endpoint-status", at: clock.now() };
    expect(watcher.health()).toMatchObject({
      state: "disconnected",
      healthy: true,
      ageMs: 60_000,
      attempts: 1,
      lastError,
    });
    expect(told).toEqual([`federation ${endpoint.url}`, "federation bundle-endpoint-status"]);
    await watcher.close();
    expect(watcher.health()).toMatchObject({ state: "closed", healthy: false });
  });

  it("keeps the newest bundle and reports an older one", async () => {
    const errors: string[] = [];
    const store = new BundleStore([bundle(sequence(5))]);
    const { watcher, clock } = await start(
      { body: bundle(sequence(4)) },
      { store, onError: ({ code }) => errors.push(code) },
    );
    await watcher.ready();
    await pause(clock);
    expect(errors).toEqual(["bundle-outdated"]);
    expect(store.getSpiffeBundle(partner)?.sequenceNumber).toBe(5n);
  });

  it("a self-serving endpoint is verified with the latest stored bundle", async () => {
    const [first, next] = [new TestCa(partner), new TestCa(partner)];
    const document = (sequenceNumber: bigint, ...cas: TestCa[]): SpiffeBundle => ({
      trustDomain: partner,
      x509Authorities: cas.flatMap(({ bundle }) => bundle.authorities),
      jwtAuthorities: [],
      sequenceNumber,
    });
    const [theirs, store] = [new BundleStore([document(2n, first, next)]), new BundleStore([document(1n, first)])];
    const source = new StaticSource(first.svid("/endpoint"), first.bundle);
    const handler = bundleHandler({ source: theirs, trustDomain: partner });
    const server = createServer({ source, peer: "none" }, (req, res) => {
      res.setHeader("connection", "close");
      handler(req, res);
    });
    const url = `https://localhost:${await listen(server)}/`;
    const profile = { type: "https_spiffe", endpointId: "spiffe://partner.internal/endpoint", bundles: store } as const;
    const errors: string[] = [];
    const clock = new ManualClock(Date.now());
    const options = {
      clock,
      store,
      timeoutMs: FETCH_TIMEOUT_MS,
      onError: ({ code }: SpiffeError) => errors.push(code),
    };
    const watcher = BundleWatcher.start({ trustDomain: partner, url, profile }, options);
    opened.push(watcher, { [Symbol.asyncDispose]: async () => void server.close() });
    await watcher.ready();
    await pause(clock);
    // From now on the endpoint shows what only the bundle verifies that was fetched a moment ago.
    source.svid = next.svid("/endpoint");
    theirs.put(document(3n, next));
    const following = watcher.updates();
    clock.advance(300_000);
    expect((await following.next()).value?.sequenceNumber).toBe(3n);
    // And an endpoint that shows the former CA again is nobody any more.
    source.svid = first.svid("/endpoint");
    await pause(clock);
    clock.advance(300_000);
    await expect.poll(() => errors).toEqual(["bundle-endpoint-failed"]);
  });

  it("close ends waiting and fetching; twice is fine", async () => {
    const { watcher, clock } = await start({ status: 503 });
    const waiting = watcher.ready();
    await pause(clock);
    await Promise.all([watcher.close(), expect(waiting).rejects.toMatchObject({ code: "source-closed" })]);
    await watcher.close();
    expect(clock.pending).toEqual([]);
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await expect(watcher.ready(stop.signal)).rejects.toThrow("enough");
  });

  it("mistakes show at once", () => {
    const profile = { type: "https_web" } as const;
    expect(() => BundleWatcher.start({ trustDomain: partner, url: "http://x/", profile })).toThrow(TypeError);
    expect(() => BundleWatcher.start({ trustDomain: "Not One", url: "https://x/", profile })).toThrow(
      expect.objectContaining({ code: "invalid-trust-domain" }),
    );
  });
});

describe("BundleStore", () => {
  it("compares sequence numbers, contents without them, and tells of changes", () => {
    const store = new BundleStore();
    const seen: number[] = [];
    const unsubscribe = store.onUpdate(({ size }) => seen.push(size));
    expect(store.put(bundle(""))).toBe("stored");
    expect(store.put(bundle(""))).toBe("unchanged");
    expect(store.put(bundle(sequence(2)))).toBe("stored");
    expect(store.put(bundle(sequence(2, 61)))).toBe("unchanged");
    expect(store.put(bundle(sequence(1)))).toBe("outdated");
    expect(store.put(bundle(sequence(18)))).toBe("stored");
    expect(store.put(bundle(""))).toBe("stored");
    const before = store.bundles;
    expect(store.remove(partner)).toBe(true);
    expect(store.remove(partner)).toBe(false);
    unsubscribe();
    expect(seen).toEqual([1, 1, 1, 1, 0]);
    expect([before.has(partner), store.has(partner)]).toEqual([true, false]);
  });

  it("never lets one trust domain speak for another", () => {
    const other = TrustDomain.parse("other.internal");
    const store = new BundleStore([bundle(sequence(9)), bundle(sequence(1), other)]);
    expect([...store].map(({ trustDomain, sequenceNumber }) => `${trustDomain} ${sequenceNumber}`)).toEqual([
      "partner.internal 9",
      "other.internal 1",
    ]);
    expect(store.getX509Bundle(other)?.trustDomain).toBe(other);
    expect(store.getJwtBundle(TrustDomain.parse("third.internal"))).toBeUndefined();
  });
});

async function start(response: FakeBundleEndpoint["response"], options: BundleWatcherOptions = {}) {
  const endpoint = await startBundleEndpoint(response);
  const clock = new ManualClock();
  const profile = { type: "https_web", ca: endpoint.ca } as const;
  const watcher = BundleWatcher.start(
    { trustDomain: partner, url: endpoint.url, profile },
    { clock, timeoutMs: FETCH_TIMEOUT_MS, ...options },
  );
  opened.push(endpoint, watcher);
  return { endpoint, watcher, clock };
}

/** What the watcher waits for once its fetch is over. */
async function pause(clock: ManualClock): Promise<number[]> {
  await expect.poll(() => clock.pending.length === 1 && clock.pending[0] !== FETCH_TIMEOUT_MS).toBe(true);
  return clock.pending;
}
