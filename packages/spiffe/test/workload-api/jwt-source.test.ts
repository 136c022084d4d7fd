import {
  JwtSource,
  type JwtSourceOptions,
  type SpiffeError,
  type SpiffeErrorCode,
  TrustDomain,
  validateJwtSvid,
} from "@idstack/spiffe";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import { ManualClock, TestJwtAuthority } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { RpcStatus } from "../../src/internal/rpc/status.ts";
import { JwtAgent } from "../fixtures/jwt-agent.ts";

const home = TrustDomain.parse("homelab.internal");
const authority = new TestJwtAuthority(home);
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

it("asks for as many audiences as the limits allow", async () => {
  const many = Array.from({ length: 40 }, (_, at) => `a${at}`);
  await expect((await open()).source.fetchJwtSvid(many)).rejects.toThrow("at most 32 audiences");
  const { source } = await open({ limits: { maxAudiences: 40 } });
  expect((await source.fetchJwtSvid(many)).audience).toHaveLength(40);
});

describe("bundles", () => {
  it("arrive with the first message and validate tokens; the next message adds keys and takes others away", async () => {
    const { agent, source } = await open();
    const { token } = await source.fetchJwtSvid("api");
    expect(`${validateJwtSvid(token, { bundles: source, audience: "api" }).id}`).toBe("spiffe://homelab.internal/web");
    const successor = new TestJwtAuthority(home);
    await update(source, () => agent.push({ [home.idString]: successor.jwks }));
    const next = successor.token("/web", { audience: "api" });
    expect(`${validateJwtSvid(next, { bundles: source, audience: "api" }).id}`).toBe("spiffe://homelab.internal/web");
    expect(() => validateJwtSvid(token, { bundles: source, audience: "api" })).toThrow(
      expect.objectContaining({ code: "jwt-key-not-found" }),
    );
  });

  it("of a trust domain that is absent from the newest message are dropped; unchanged ones keep their keys", async () => {
    const { agent, source } = await open();
    const other = new TestJwtAuthority("other.internal");
    const before = source.getJwtBundle(home);
    await update(source, () => agent.push({ [home.idString]: authority.jwks, "spiffe://other.internal": other.jwks }));
    expect(source.getJwtBundle(other.trustDomain)?.authorities).toHaveLength(1);
    expect(source.getJwtBundle(home)).toBe(before);
    await update(source, () => agent.push({ [home.idString]: authority.jwks }));
    expect(source.getJwtBundle(other.trustDomain)).toBeUndefined();
  });

  it("without use, as SPIRE sends them, are JWT bundles", async () => {
    const { keys } = JSON.parse(authority.jwks) as { keys: Record<string, unknown>[] };
    const { agent, source } = await open();
    await update(source, () =>
      agent.push({ [home.idString]: JSON.stringify({ keys: [{ ...keys[0], use: undefined }] }) }),
    );
    expect(source.getJwtBundle(home)?.authorities).toHaveLength(1);
  });

  it("that do not parse are reported and left out", async () => {
    const errors: SpiffeError[] = [];
    const { agent, source } = await open({ onError: (error) => errors.push(error) });
    agent.push({ [home.idString]: authority.jwks, "spiffe://b.internal": "no", "Not an ID": "{}" });
    await expect.poll(() => errors.length).toBe(2);
    expect([...source.bundles].map(({ trustDomain }) => trustDomain.name)).toEqual(["homelab.internal"]);
    expect(errors.map(({ code }) => code)).toEqual(["bundle-rejected", "bundle-rejected"]);
  });

  it("are withdrawn with the tokens when the agent denies them, and come back", async () => {
    const { agent, source } = await open();
    await source.fetchJwtSvid("api");
    agent.fail("PermissionDenied");
    await expect.poll(() => outcome(() => source.getJwtBundle(home))).toBe("no-bundles");
    await source.fetchJwtSvid("api");
    expect(agent.requests).toHaveLength(2);
    await update(source, () => agent.push({ [home.idString]: authority.jwks }));
    expect(source.getJwtBundle(home)?.authorities).toHaveLength(1);
  });

  it("are withdrawn with tokens that are still on their way, too", async () => {
    const { agent, source } = await open();
    const release = hold(agent);
    const early = source.fetchJwtSvid("api");
    await expect.poll(() => agent.requests.length).toBe(1);
    agent.fail("PermissionDenied");
    await expect.poll(() => outcome(() => source.getJwtBundle(home))).toBe("no-bundles");
    release();
    await early;
    await source.fetchJwtSvid("api");
    expect(agent.requests).toHaveLength(2);
  });

  it("stay in use while the agent is away", async () => {
    const errors: string[] = [];
    const { agent, source } = await open({ onError: ({ code }) => errors.push(code) });
    agent.fail("Unavailable");
    await expect.poll(() => errors).toContain("unavailable");
    expect(source.getJwtBundle(home)?.authorities).toHaveLength(1);
  });

  it("that never come are explained", async () => {
    const { agent } = await open();
    agent.fail("PermissionDenied");
    const clock = new ManualClock();
    const opening = JwtSource.open({
      address: agent.address,
      clock,
      startTimeoutMs: 10,
      onError: () => clock.advance(10),
    });
    await expect(opening).rejects.toMatchObject({ code: "start-timeout", cause: { code: "permission-denied" } });
  });
});

describe("tokens", () => {
  it("are asked for with sorted audiences and the wanted subject, and kept by both", async () => {
    const { agent, source } = await open();
    const first = await source.fetchJwtSvid(["b", "a", "b"]);
    expect(await source.fetchJwtSvid(["a", "b"])).toBe(first);
    expect(first).toMatchObject({ audience: ["a", "b"] });
    const db = await source.fetchJwtSvid(["a", "b"], { subject: "spiffe://homelab.internal/db" });
    expect(`${db.id}`).toBe("spiffe://homelab.internal/db");
    await source.fetchJwtSvid("a");
    expect(agent.requests).toEqual([
      { audience: ["a", "b"], spiffeId: "" },
      { audience: ["a", "b"], spiffeId: "spiffe://homelab.internal/db" },
      { audience: ["a"], spiffeId: "" },
    ]);
  });

  it("one request at a time: callers share it, and one that gives up does not take it from the others", async () => {
    const { agent, source } = await open();
    const release = hold(agent);
    const stop = new AbortController();
    const impatient = source.fetchJwtSvid("api", { signal: stop.signal });
    const patient = [source.fetchJwtSvid("api"), source.fetchJwtSvid("api")];
    const reason = new Error("no longer needed");
    stop.abort(reason);
    await expect(impatient).rejects.toBe(reason);
    release();
    const [one, two] = await Promise.all(patient);
    expect(one).toBe(two);
    expect(agent.requests).toHaveLength(1);
    await expect(source.fetchJwtSvid("api", { signal: stop.signal })).rejects.toBe(reason);
  });

  it("are renewed behind the caller's back from half of their life on", async () => {
    const { agent, source, clock } = await open({}, true);
    const first = await source.fetchJwtSvid("api");
    clock.advance(149_000);
    expect(await source.fetchJwtSvid("api")).toBe(first);
    clock.advance(2000);
    expect(await source.fetchJwtSvid("api")).toBe(first);
    await expect.poll(() => agent.requests.length).toBe(2);
    await expect.poll(async () => (await source.fetchJwtSvid("api")) === first).toBe(false);
    expect(agent.requests).toHaveLength(2);
  });

  it("that are about to end are waited for, expired ones never handed out", async () => {
    const { source, clock } = await open({}, true);
    const first = await source.fetchJwtSvid("api");
    clock.advance(295_000);
    const second = await source.fetchJwtSvid("api");
    expect(second.expiresAt).toBeGreaterThan(first.expiresAt);
    clock.advance(3_600_000);
    expect((await source.fetchJwtSvid("api")).expiresAt).toBeGreaterThan(clock.now());
  });

  it("are used to their end while the agent is away, with pauses between attempts; then the failure shows", async () => {
    const errors: string[] = [];
    const { agent, source, clock } = await open(
      { onError: ({ code }) => errors.push(code), backoff: () => 10_000 },
      true,
    );
    const first = await source.fetchJwtSvid("api");
    agent.answer = async () => {
      throw new RpcStatus("Unavailable", "away");
    };
    clock.advance(200_000);
    for (let at = 0; at < 5; at += 1) expect(await source.fetchJwtSvid("api")).toBe(first);
    await expect.poll(() => errors).toEqual(["unavailable"]);
    expect(agent.requests).toHaveLength(2);
    clock.advance(95_000);
    expect(await source.fetchJwtSvid("api")).toBe(first);
    clock.advance(10_000);
    await expect(source.fetchJwtSvid("api")).rejects.toMatchObject({ code: "unavailable" });
  });

  it("that the agent denies at a renewal are not used any more", async () => {
    const { agent, source, clock } = await open({}, true);
    await source.fetchJwtSvid("api");
    agent.answer = async () => {
      throw new RpcStatus("PermissionDenied", "no");
    };
    clock.advance(295_000);
    await expect(source.fetchJwtSvid("api")).rejects.toMatchObject({ code: "permission-denied" });
  });

  it("of an agent that does not answer end in time", async () => {
    const { agent, source, clock } = await open({ fetchTimeoutMs: 5000 }, true);
    agent.answer = () => new Promise(() => {});
    const waiting = source.fetchJwtSvid("api");
    await expect.poll(() => agent.requests.length).toBe(1);
    clock.advance(5000);
    await expect(waiting).rejects.toMatchObject({ code: "fetch-timeout" });
  });

  it("past their half already, from a cache of the agent, do not make a loop", async () => {
    const { agent, source, clock } = await open({}, true);
    agent.answer = async ({ audience }) => {
      return [
        {
          spiffeId: "spiffe://homelab.internal/web",
          svid: authority.token("/web", { audience, now: clock.now() - 200_000 }),
        },
      ];
    };
    const first = await source.fetchJwtSvid("api");
    for (let at = 0; at < 3; at += 1) expect(await source.fetchJwtSvid("api")).toBe(first);
    expect(agent.requests).toHaveLength(1);
  });

  it.each<[string, Parameters<TestJwtAuthority["token"]>[1] & { id?: string }, SpiffeErrorCode]>([
    ["for somebody else", { audience: "api", claims: { sub: "spiffe://homelab.internal/db" } }, "svid-rejected"],
    ["for another audience", { audience: "other" }, "svid-rejected"],
    ["that has expired", { audience: "api", now: 0 }, "svid-rejected"],
    ["that is none", { audience: "api", defect: "payload-not-json" }, "svid-rejected"],
  ])("%s is not taken from the agent", async (_, options, code) => {
    const { agent, source } = await open();
    agent.answer = async () => [{ spiffeId: "spiffe://homelab.internal/web", svid: authority.token("/web", options) }];
    await expect(source.fetchJwtSvid("api")).rejects.toMatchObject({ code });
  });

  it("of another identity than the one that was asked for are not taken either", async () => {
    const { agent, source } = await open();
    agent.answer = async ({ audience }) => [
      { spiffeId: "spiffe://homelab.internal/db", svid: authority.token("/db", { audience }) },
    ];
    await expect(source.fetchJwtSvid("api", { subject: "spiffe://homelab.internal/web" })).rejects.toMatchObject({
      code: "svid-rejected",
      cause: { message: expect.stringContaining("it is for spiffe://homelab.internal/db, not for") },
    });
    expect((await source.fetchJwtSvid("api")).id.path).toBe("/db");
  });

  it("are chosen by hint", async () => {
    const { agent, source } = await open();
    agent.answer = async ({ audience }) =>
      ["internal", "external"].map((hint) => ({
        spiffeId: `spiffe://homelab.internal/${hint}`,
        svid: authority.token(`/${hint}`, { audience }),
        hint,
      }));
    expect((await source.fetchJwtSvid("api")).hint).toBe("internal");
    expect((await source.fetchJwtSvid("api", { hint: "external" })).id.path).toBe("/external");
    await expect(source.fetchJwtSvid("api", { hint: "none" })).rejects.toMatchObject({ code: "no-svid" });
  });

  it("mistakes of the caller", async () => {
    const { source } = await open();
    for (const audience of ["", [], ["a", ""]]) await expect(source.fetchJwtSvid(audience)).rejects.toThrow(TypeError);
  });
});

it("close ends requests and getters; twice is fine", async () => {
  const { agent, source } = await open();
  agent.answer = () => new Promise(() => {});
  const waiting = source.fetchJwtSvid("api");
  await expect.poll(() => agent.requests.length).toBe(1);
  const following = source.updates().next();
  await Promise.all([source.close(), expect(waiting).rejects.toMatchObject({ code: "source-closed" })]);
  await source.close();
  expect((await following).done).toBe(true);
  await expect(source.fetchJwtSvid("api")).rejects.toMatchObject({ code: "source-closed" });
  expect(outcome(() => source.bundles)).toBe("source-closed");
});

it("works with the development agent", async () => {
  const dev = await startDevWorkloadApi({ trustDomain: "homelab.internal", identities: { web: "/web" } });
  opened.push({ [Symbol.asyncDispose]: () => dev.close() });
  const source = await JwtSource.open({ address: dev.addresses["web"] });
  opened.push(source);
  const { token } = await source.fetchJwtSvid("api");
  expect(validateJwtSvid(token, { bundles: source, audience: "api" }).id.path).toBe("/web");
});

async function open(options: JwtSourceOptions = {}, manual = false) {
  const clock = new ManualClock();
  const agent = await JwtAgent.start(authority, manual ? () => clock.now() : Date.now);
  opened.push(agent);
  const source = await JwtSource.open({
    address: agent.address,
    backoff: () => 5,
    ...(manual && { clock }),
    ...options,
  });
  opened.push(source);
  return { agent, source, clock };
}

/** Holds every answer with a token back until the returned function is called. */
function hold(agent: JwtAgent): () => void {
  const { answer } = agent;
  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  agent.answer = async (request, signal) => {
    await gate;
    return answer(request, signal);
  };
  return release;
}

async function update(source: JwtSource, act: () => void): Promise<void> {
  const following = source.updates();
  act();
  await following.next();
  await following.return?.();
}

function outcome(read: () => unknown): string {
  try {
    read();
    return "ok";
  } catch (error) {
    return (error as SpiffeError).code;
  }
}
