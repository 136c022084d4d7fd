import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  parseEndpoint,
  type SpiffeError,
  type SpiffeErrorCode,
  X509Source,
  type X509SourceOptions,
  type X509Svid,
} from "@idstack/spiffe";
import { type FakeWorkloadApi, ManualClock, startWorkloadApi, TestCa, type TestSvid } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { toSpiffeError } from "../../src/internal/rpc/errors.ts";
import { svidsMessage } from "../../src/internal/workload-api/messages.ts";

const ca = new TestCa("homelab.internal");
const other = new TestCa("other.internal");
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

describe("start", () => {
  it("waits for the first SVID, on unix and tcp sockets, with the security header", async () => {
    for (const listen of ["unix", "tcp"] as const) {
      const api = await agent({ listen, svids: [ca.svid("/web")] });
      const source = await open(api);
      expect(`${source.svid.id}`).toBe("spiffe://homelab.internal/web");
      expect(api.calls).toEqual([{ method: "FetchX509SVID", securityHeader: "true" }]);
    }
  });

  it("waits for a socket that does not exist yet", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "late-")), "agent.sock");
    const failed: string[] = [];
    const onError = ({ code }: SpiffeError): void => void failed.push(code);
    const opening = X509Source.open({ address: `unix://${path}`, backoff: () => 5, onError });
    await expect.poll(() => failed).toEqual(["endpoint-not-found"]);
    opened.push(await startWorkloadApi({ listen: { path }, svids: [ca.svid("/web")] }));
    opened.push(await opening);
  });

  it("waits for a registration entry", async () => {
    const api = await agent({});
    const opening = X509Source.open({ address: api.address, backoff: () => 5 });
    await expect.poll(() => api.calls.length).toBeGreaterThan(1);
    api.update({ svids: [ca.svid("/web")] });
    opened.push(await opening);
  });

  describe("gives up in time and names the cause", () => {
    const folder = mkdtempSync(join(tmpdir(), "start-"));
    it.each<[string, () => Promise<string>, SpiffeErrorCode, RegExp]>([
      ["a missing socket", async () => `unix://${folder}/none.sock`, "endpoint-not-found", /the socket does not exist/],
      [
        "a file that is no socket",
        async () => `unix://${file(folder, "file")}`,
        "endpoint-refused",
        /nothing listens there|not a socket/,
      ],
      [
        "a port without a server",
        async () => `tcp://127.0.0.1:${await freePort()}`,
        "endpoint-refused",
        /nothing listens there/,
      ],
      [
        "no registration entry",
        async () => (await agent({})).address,
        "permission-denied",
        /is there a registration entry/,
      ],
    ])("%s", async (_, address, code, message) => {
      const clock = new ManualClock();
      const onError = (): void => clock.advance(1000);
      const opening = X509Source.open({ address: await address(), startTimeoutMs: 1000, clock, onError });
      await expect(opening).rejects.toMatchObject({
        code: "start-timeout",
        message: expect.stringMatching(message),
        cause: { code },
      });
    });

    it("a socket this process may not open", () => {
      // Mapped from the system's error: a test that runs as root may open everything.
      const refused = Object.assign(new Error(), { code: "EACCES" });
      expect(toSpiffeError(refused, parseEndpoint("unix:///run/agent.sock"))).toMatchObject({
        code: "endpoint-forbidden",
        message: "unix:///run/agent.sock: this process may not open the socket",
      });
    });

    it("an agent that accepts and then says nothing", async () => {
      const silent = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => silent.once("listening", resolve));
      const address = `tcp://127.0.0.1:${(silent.address() as { port: number }).port}`;
      await expect(X509Source.open({ address, startTimeoutMs: 100 })).rejects.toMatchObject({
        code: "start-timeout",
        message: expect.stringContaining("sent nothing"),
      });
      silent.close();
    });
  });

  it.each(["InvalidArgument", "Unimplemented"] as const)("%s is reported at once and not retried", async (status) => {
    const api = await agent({});
    api.fail(status);
    const code = status === "Unimplemented" ? "unimplemented" : "invalid-argument";
    await expect(X509Source.open({ address: api.address })).rejects.toMatchObject({ code });
    expect(api.calls).toHaveLength(1);
  });

  it("stops waiting when the signal aborts, with the signal's reason", async () => {
    const api = await agent({});
    const reason = new Error("no longer needed");
    const stop = new AbortController();
    const opening = X509Source.open({ address: api.address, signal: stop.signal });
    stop.abort(reason);
    await expect(opening).rejects.toBe(reason);
    await expect(X509Source.open({ address: api.address, signal: stop.signal })).rejects.toBe(reason);
  });
});

describe("every message is the full state", () => {
  it("a rotation replaces the SVID; SVID and bundles come from the same message", async () => {
    const api = await agent({ svids: [ca.svid("/web")] });
    const source = await open(api);
    const before = source.getX509Context();
    const next = ca.intermediate().svid("/web");
    const [after] = await updates(source, 1, () => api.update({ svids: [next], federated: [other.bundle] }));
    expect(source.getX509Context()).toBe(after);
    expect(after?.svid.certificates.map(String)).toEqual(next.certificates.map(String));
    expect(after?.bundles.get(other.trustDomain)?.authorities).toHaveLength(1);
    expect(before.bundles.get(other.trustDomain)).toBeUndefined();
  });

  it("SVIDs, CAs and federated bundles that are absent are dropped", async () => {
    const api = await agent({ svids: [ca.svid("/web"), ca.svid("/second")], federated: [other.bundle] });
    const source = await open(api);
    expect(source.getX509Context().svids).toHaveLength(2);
    const successor = new TestCa("homelab.internal");
    const [after] = await updates(source, 1, () => api.update({ svids: [successor.svid("/web")] }));
    expect(after?.svids).toHaveLength(1);
    expect(after?.bundles.get(other.trustDomain)).toBeUndefined();
    expect(after?.bundles.get(ca.trustDomain)?.authorities.map(String)).toEqual(
      successor.bundle.authorities.map(String),
    );
  });

  it("a hint that the newest message lacks is gone", async () => {
    const api = await agent({ svids: [ca.svid("/web", { hint: "internal" })] });
    const source = await open(api);
    expect(source.svid.hint).toBe("internal");
    const wanting = await open(api, { hint: "internal" });
    await updates(source, 1, () => api.update({ svids: [ca.svid("/web")] }));
    expect(source.svid.hint).toBeUndefined();
    await expect.poll(() => outcome(() => wanting.svid)).toBe("no-svid");
  });

  it("a federated entry cannot replace the own bundle", async () => {
    const forged = new TestCa("homelab.internal").bundle;
    const source = await open(await agent({ svids: [ca.svid("/web")], federated: [forged] }));
    const own = source.getX509Context().bundles.get(ca.trustDomain);
    expect(own?.authorities.map(String)).toEqual(ca.bundle.authorities.map(String));
  });

  it("a bundle of several CAs is trusted whole", async () => {
    const authorities = [...ca.bundle.authorities, ...new TestCa("homelab.internal").bundle.authorities];
    const svid = { ...ca.svid("/web"), bundle: { trustDomain: ca.trustDomain, authorities } };
    const source = await open(await agent({ svids: [svid] }));
    expect(source.getX509Context().bundles.get(ca.trustDomain)?.authorities).toHaveLength(2);
  });

  it("PermissionDenied after a delivery withdraws the identity until it is granted again", async () => {
    const api = await agent({ svids: [ca.svid("/web")] });
    const errors: SpiffeError[] = [];
    const source = await open(api, { onError: (error) => errors.push(error) });
    api.fail("PermissionDenied");
    await expect.poll(() => outcome(() => source.svid)).toBe("no-svid");
    expect(errors[0]?.code).toBe("permission-denied");
    await updates(source, 1, () => api.update({ svids: [ca.svid("/web")] }));
    expect(`${source.svid.id}`).toBe("spiffe://homelab.internal/web");
  });

  it("any other failure keeps the last state", async () => {
    const api = await agent({ svids: [ca.svid("/web")] });
    const errors: SpiffeError[] = [];
    const source = await open(api, { onError: (error) => errors.push(error) });
    const before = source.getX509Context();
    api.fail("Unavailable");
    await expect.poll(() => errors.map(({ code }) => code)).toContain("unavailable");
    expect(source.getX509Context()).toBe(before);
  });
});

describe("a malformed message is reported and discarded, the last state stays", () => {
  const whole = svidsMessage([ca.svid("/web")]);
  const entry = whole.svids?.[0] ?? {};
  it.each([
    ["no svids", { svids: [] }],
    ["an empty spiffe_id", { svids: [{ ...entry, spiffeId: "" }] }],
    ["an empty x509_svid", { svids: [{ ...entry, x509Svid: new Uint8Array() }] }],
    ["an empty x509_svid_key", { svids: [{ ...entry, x509SvidKey: new Uint8Array() }] }],
    ["an empty bundle", { svids: [{ ...entry, bundle: new Uint8Array() }] }],
    ["one empty field beside a good SVID", { svids: [entry, { ...entry, bundle: new Uint8Array() }] }],
    ["more than 100 SVIDs", { svids: Array(101).fill(entry) }],
    [
      "more than 200 federated bundles",
      {
        ...whole,
        federatedBundles: Object.fromEntries(
          Array.from({ length: 201 }, (_, i) => [`spiffe://td${i}`, entry.bundle as Uint8Array]),
        ),
      },
    ],
    ["no usable SVID", { svids: [{ ...entry, x509Svid: Buffer.from("garbage") }] }],
  ])("%s", async (_, message) => {
    const api = await agent({ svids: [ca.svid("/web")] });
    const errors: SpiffeError[] = [];
    const source = await open(api, { onError: (error) => errors.push(error) });
    const before = source.getX509Context();
    api.pushX509(message);
    await expect.poll(() => errors.at(-1)?.code).toBe("malformed-response");
    expect(source.getX509Context()).toBe(before);
    // The stream is still the first one and goes on.
    await updates(source, 1, () => api.update({ svids: [ca.svid("/next")] }));
    expect(api.calls).toHaveLength(1);
  });
});

describe("hardening: an unusable SVID is reported and ignored, the others stay usable", () => {
  const good = ca.svid("/good");
  const defects = [
    "expired",
    "bad-signature",
    "ca-flag",
    "key-cert-sign",
    "two-uri-sans",
    "key-mismatch",
    "no-path",
  ] as const;
  it.each<[string, TestSvid]>([
    ...defects.map((defect): [string, TestSvid] => [defect, ca.svid("/bad", { defect })]),
    ["a chain that does not lead to its own bundle", { ...ca.svid("/bad"), bundle: other.bundle }],
    ["a spiffe_id that differs from the URI SAN", ca.svid("/bad", { uri: "spiffe://homelab.internal/somebody-else" })],
  ])("%s", async (_, bad) => {
    const errors: SpiffeError[] = [];
    const source = await open(await agent({ svids: [bad, good] }), { onError: (error) => errors.push(error) });
    expect(source.getX509Context().svids.map(({ id }) => `${id}`)).toEqual([`${good.id}`]);
    expect(errors.map(({ code }) => code)).toEqual(["svid-rejected"]);
  });

  it("a federated bundle that does not parse: its trust domain is not trusted", async () => {
    const api = await agent({ svids: [good] });
    const errors: SpiffeError[] = [];
    const source = await open(api, { onError: (error) => errors.push(error) });
    const message = svidsMessage([good], [other.bundle]);
    const federatedBundles = {
      ...message.federatedBundles,
      "spiffe://broken.internal": Buffer.from("no"),
      "not an ID": Buffer.of(),
    };
    const [after] = await updates(source, 1, () => api.pushX509({ ...message, federatedBundles }));
    expect([...(after?.bundles ?? [])].map(({ trustDomain }) => trustDomain.name)).toEqual([
      "homelab.internal",
      "other.internal",
    ]);
    expect(errors.map(({ code }) => code)).toEqual(["bundle-rejected", "bundle-rejected"]);
  });
});

describe("several identities", () => {
  const svids = [ca.svid("/first", { hint: "internal" }), ca.svid("/second", { hint: "external" })];

  it("the first one is the default", async () => {
    expect(`${(await open(await agent({ svids }))).svid.id}`).toBe("spiffe://homelab.internal/first");
  });

  it("hint and pick choose another", async () => {
    const api = await agent({ svids });
    expect(`${(await open(api, { hint: "external" })).svid.id}`).toBe("spiffe://homelab.internal/second");
    expect(`${(await open(api, { pick: (all) => all.at(-1) })).svid.id}`).toBe("spiffe://homelab.internal/second");
  });

  it("with a duplicate hint the first one wins", async () => {
    const source = await open(await agent({ svids: [...svids, ca.svid("/third", { hint: "external" })] }), {
      hint: "external",
    });
    expect(source.getX509Context().svids).toHaveLength(2);
    expect(`${source.svid.id}`).toBe("spiffe://homelab.internal/second");
  });

  it.each<[string, () => unknown, string]>([
    ["throws", () => expect.fail("no idea"), "pick failed: no idea"],
    ["answers with a promise", async () => svids[0], "pick has to return one of the SVIDs that it was given"],
    ["makes one up", () => ca.svid("/other"), "pick has to return one of the SVIDs that it was given"],
  ])("a pick that %s chooses none: the source says why and goes on", async (_, pick, reason) => {
    const api = await agent({ svids });
    let works = true;
    const choose = (all: readonly X509Svid[]) => (works ? all[0] : pick()) as X509Svid | undefined;
    const source = await open(api, { pick: choose });
    works = false;
    api.update({ svids: [...svids].reverse() });
    await expect.poll(() => outcome(() => source.svid)).toBe("no-svid");
    expect(source.health()).toMatchObject({ state: "withdrawn", lastError: { code: "no-svid", message: reason } });
    works = true;
    api.update({ svids });
    await expect.poll(() => outcome(() => source.svid)).toBe("ok");
    expect(api.calls).toHaveLength(1);
  });

  it("when the wanted one disappears nothing else takes its place", async () => {
    const api = await agent({ svids });
    const source = await open(api, { hint: "external" });
    api.update({ svids: svids.slice(0, 1) });
    await expect.poll(() => outcome(() => source.svid)).toBe("no-svid");
  });
});

describe("reconnecting", () => {
  it("re-opens a stream that lived and ended cleanly at once, with the header", async () => {
    const clock = new ManualClock();
    const api = await agent({ svids: [ca.svid("/web")] });
    await open(api, { clock, backoff: () => 1e9 });
    clock.advance(60_000);
    api.endStreams();
    await expect.poll(() => api.calls).toHaveLength(2);
    expect(api.calls.map(({ securityHeader }) => securityHeader)).toEqual(["true", "true"]);
  });

  it("survives cut connections", async () => {
    const api = await agent({ svids: [ca.svid("/web")] });
    const source = await open(api);
    for (const round of [1, 2, 3]) {
      api.breakConnections();
      await updates(source, 1, () => api.update({ svids: [ca.svid(`/round-${round}`)] }));
      expect(source.svid.id.path).toBe(`/round-${round}`);
    }
  });

  it("waits longer and longer while calls fail, and never loops", async () => {
    const clock = new ManualClock();
    const api = await agent({ svids: [ca.svid("/web")] });
    const asked: [number, string | undefined][] = [];
    const backoff = (attempt: number, error?: SpiffeError): number => {
      asked.push([attempt, error?.code]);
      return 100 * attempt;
    };
    await open(api, { clock, backoff });
    api.fail("Unavailable");
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await expect.poll(() => clock.pending).toEqual([100 * attempt]);
      expect(api.calls).toHaveLength(attempt);
      clock.advance(100 * attempt);
    }
    expect(asked).toEqual([1, 2, 3, 4].map((attempt) => [attempt, "unavailable"]));
  });

  it("waits longer and longer, too, while calls take their time to fail", async () => {
    const clock = new ManualClock();
    const api = await agent({ svids: [ca.svid("/web")] });
    await open(api, { clock, backoff: (attempt) => 100 * attempt });
    api.inject("FetchX509SVID", "hang", 3);
    api.breakConnections();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await expect.poll(() => clock.pending).toEqual([100 * attempt]);
      clock.advance(100 * attempt);
      await expect.poll(() => api.calls).toHaveLength(attempt + 1);
      clock.advance(5000);
      api.breakConnections();
    }
  });

  it("a server that sends one message and ends cleanly is not called in a loop", async () => {
    const clock = new ManualClock();
    const api = await agent({ svids: [ca.svid("/web")] });
    await open(api, { clock, backoff: () => 500 });
    api.endStreams();
    await expect.poll(() => api.calls).toHaveLength(2);
    await expect.poll(() => api.openStreams).toBe(1);
    api.endStreams();
    await expect.poll(() => clock.pending).toEqual([500]);
    expect(api.calls).toHaveLength(2);
  });
});

describe("close", () => {
  it("ends stream, updates and getters; twice is fine", async () => {
    const api = await agent({ svids: [ca.svid("/web")] });
    const source = await open(api);
    const following = source.updates();
    const next = following.next();
    await source.close();
    await source.close();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(outcome(() => source.getX509Context())).toBe("source-closed");
    await expect.poll(() => api.openStreams).toBe(0);
  });

  it("ends the waiting for the next attempt", async () => {
    const api = await agent({ svids: [ca.svid("/web")] });
    const clock = new ManualClock();
    const source = await open(api, { clock, backoff: () => 1e9 });
    api.fail("Unavailable");
    await expect.poll(() => clock.pending).toEqual([1e9]);
    await source.close();
    expect(clock.pending).toEqual([]);
  });
});

it("listeners are called until they unsubscribe; updates() stops on its signal", async () => {
  const api = await agent({ svids: [ca.svid("/web")] });
  const source = await open(api);
  const seen: string[] = [];
  const unsubscribe = source.onUpdate(({ svid }) => seen.push(svid.id.path));
  await updates(source, 1, () => api.update({ svids: [ca.svid("/two")] }));
  unsubscribe();
  await updates(source, 1, () => api.update({ svids: [ca.svid("/three")] }));
  expect(seen).toEqual(["/two"]);
  const stop = new AbortController();
  const next = source.updates(stop.signal).next();
  stop.abort();
  expect((await next).done).toBe(true);
});

async function agent(options: Parameters<typeof startWorkloadApi>[0]): Promise<FakeWorkloadApi> {
  const api = await startWorkloadApi(options);
  opened.push(api);
  return api;
}

async function open(api: FakeWorkloadApi, options: X509SourceOptions = {}): Promise<X509Source> {
  const source = await X509Source.open({ address: api.address, backoff: () => 5, ...options });
  opened.push(source);
  return source;
}

/** The next `count` updates that follow from `act`. */
async function updates(source: X509Source, count: number, act: () => void) {
  const following = source.updates();
  act();
  const seen = [];
  for await (const update of following) if (seen.push(update) === count) break;
  return seen;
}

function outcome(read: () => unknown): string {
  try {
    read();
    return "ok";
  } catch (error) {
    return (error as SpiffeError).code;
  }
}

function file(folder: string, name: string): string {
  writeFileSync(join(folder, name), "");
  return join(folder, name);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
