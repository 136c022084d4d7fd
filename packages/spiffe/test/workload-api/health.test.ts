import { BundleSource, type SpiffeError, X509Source } from "@idstack/spiffe";
import { ManualClock, startWorkloadApi, TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";

const ca = new TestCa("homelab.internal");

it("goes from ready over disconnected to expired, and back", async () => {
  const clock = new ManualClock();
  const start = clock.now();
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web", { ttlSeconds: 600 })] });
  await using source = await X509Source.open({ address: agent.address, clock, backoff: () => 1000 });
  const expiresAt = Date.parse(source.svid.certificates[0].validTo);
  expect(source.health()).toEqual({
    state: "ready",
    healthy: true,
    ageMs: 0,
    updatedAt: start,
    expiresAt,
    attempts: 0,
  });

  agent.fail("Unavailable");
  await expect.poll(() => source.health().state).toBe("disconnected");
  clock.advance(1000);
  await expect
    .poll(() => source.health())
    .toMatchObject({
      healthy: true,
      attempts: 2,
      ageMs: 1000,
      lastError: { code: "unavailable", at: start + 1000 },
    });

  clock.advance(600_000);
  expect(source.health()).toMatchObject({ state: "expired", healthy: false });

  await expect.poll(() => source.health().attempts).toBe(3);
  await expect.poll(() => clock.pending.length).toBe(1);
  const next = source.waitForUpdate();
  agent.update({ svids: [ca.svid("/web", { now: clock.now() })] });
  clock.advance(1000);
  await next;
  expect(source.health()).toMatchObject({ state: "ready", attempts: 0, lastError: { code: "unavailable" } });
});

it("an agent that denies, an agent that cannot, a source that is closed", async () => {
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
  const source = await X509Source.open({ address: agent.address, backoff: () => 5 });
  agent.fail("PermissionDenied");
  await expect.poll(() => source.health().state).toBe("withdrawn");
  agent.fail("Unimplemented");
  await expect.poll(() => source.health().state).toBe("failed");
  expect(source.health().healthy).toBe(false);
  await source.close();
  expect(source.health().state).toBe("closed");
});

it("a BundleSource is as healthy as the kind that is doing worst", async () => {
  const jwt = { authority: new TestJwtAuthority("homelab.internal") };
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")], jwt });
  await using source = await BundleSource.open({ address: agent.address, backoff: () => 5 });
  await using x509 = await BundleSource.open({ address: agent.address, kinds: ["x509"] });
  expect(source.health()).toMatchObject({ state: "ready", healthy: true });
  agent.update({ svids: [ca.svid("/web")] }); // from now on it has no JWT bundles
  await expect.poll(() => source.health()).toMatchObject({ state: "failed", healthy: false });
  expect(source.health().lastError?.code).toBe("unimplemented");
  expect(x509.health()).toMatchObject({ state: "ready", healthy: true });
});

it("what is delivered again unchanged is no update", async () => {
  const svid = ca.svid("/web");
  await using agent = await startWorkloadApi({ svids: [svid] });
  await using source = await X509Source.open({ address: agent.address });
  const before = source.getX509Context();
  const seen: string[] = [];
  source.onUpdate(({ svid }) => seen.push(svid.id.path));
  agent.endStreams();
  await expect.poll(() => agent.calls.length).toBe(2);
  agent.update({ svids: [svid] });
  agent.update({ svids: [ca.svid("/next")] });
  await source.waitForUpdate(({ svid }) => svid.id.path === "/next");
  expect(seen).toEqual(["/next"]);
  expect(source.getX509Context()).not.toBe(before);
});

it("waitForUpdate takes the present state if it fits, stops on its signal and on close()", async () => {
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
  const source = await X509Source.open({ address: agent.address });
  expect(await source.waitForUpdate(() => true)).toBe(source.getX509Context());
  const stop = new AbortController();
  const aborted = source.waitForUpdate(undefined, stop.signal);
  stop.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  const waiting = source.waitForUpdate();
  const failing = source.waitForUpdate(({ svid }) => {
    if (svid.id.path === "/next") throw new Error("of the predicate");
    return false;
  });
  agent.update({ svids: [ca.svid("/next")] });
  await waiting;
  await expect(failing).rejects.toThrow("of the predicate");
  const last = source.waitForUpdate();
  await Promise.all([expect(last).rejects.toMatchObject({ code: "source-closed" }), source.close()]);
  await expect(source.waitForUpdate()).rejects.toMatchObject({ code: "source-closed" });
});

it("the same error is reported once, then in a summary, and anew after things went well", async () => {
  const clock = new ManualClock();
  const errors: SpiffeError[] = [];
  const onError = (error: SpiffeError): void => void errors.push(error);
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
  await using source = await X509Source.open({ address: agent.address, clock, backoff: () => 10_000, onError });
  agent.fail("Unavailable");
  for (let attempt = 1; attempt <= 7; attempt += 1) {
    await expect.poll(() => source.health().attempts).toBe(attempt);
    await expect.poll(() => clock.pending.length).toBe(1);
    clock.advance(10_000);
  }
  await expect.poll(() => source.health().attempts).toBe(8);
  expect(errors.map(({ message }) => /\((\d+) times in the last (\d+) s\)$/.exec(message)?.slice(1))).toEqual([
    undefined,
    ["6", "60"],
  ]);
  agent.update({ svids: [ca.svid("/web")] });
  const updated = source.waitForUpdate();
  await expect.poll(() => clock.pending.length).toBe(1);
  clock.advance(10_000);
  await updated;
  agent.fail("Unavailable");
  await expect.poll(() => errors.length).toBe(3);
});

describe("a backoff of the caller neither ends the loop nor makes it a tight one", () => {
  it.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY])("that says %s", async (ms) => {
    const clock = new ManualClock();
    await using agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
    await using source = await X509Source.open({ address: agent.address, clock, backoff: () => ms });
    agent.fail("Unavailable");
    await expect.poll(() => clock.pending).toEqual([Number.isFinite(ms) ? 1 : 10_000]);
    expect(source.health().attempts).toBe(1);
  });

  it("that throws: its error is the process' to handle", async () => {
    const seen: unknown[] = [];
    const others = process.rawListeners("uncaughtException");
    process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => seen.push(error));
    const clock = new ManualClock();
    const backoff = (): never => {
      throw new Error("of the backoff");
    };
    await using agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
    await using source = await X509Source.open({ address: agent.address, clock, backoff });
    agent.fail("Unavailable");
    await expect.poll(() => clock.pending).toEqual([10_000]);
    agent.update({ svids: [ca.svid("/next")] });
    clock.advance(10_000);
    await source.waitForUpdate(({ svid }) => svid.id.path === "/next");
    await expect.poll(() => seen).toEqual([expect.objectContaining({ message: "of the backoff" })]);
    process.removeAllListeners("uncaughtException");
    for (const listener of others) process.on("uncaughtException", listener as () => void);
  });
});
