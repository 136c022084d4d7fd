// What a hostile or broken agent may send: each limit with its default, and as an option.
import { type SpiffeError, SpiffeId, WorkloadApiClient, type WorkloadApiLimits } from "@idstack/spiffe";
import { type FakeWorkloadApi, startWorkloadApi, TestCa, type TestSvid } from "@idstack/spiffe/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { svidsMessage } from "../../src/internal/workload-api/messages.ts";

const ca = new TestCa("homelab.internal");
const good = ca.svid("/good");
const [entry = {}] = svidsMessage([good]).svids ?? [];
const [authority] = ca.bundle.authorities;
const der = authority?.raw ?? Buffer.of();
let agent: FakeWorkloadApi;
beforeAll(async () => {
  agent = await startWorkloadApi({ svids: [good] });
});
afterAll(() => agent.close());

/** Pushes one message to an open stream: what it was refused for, or else what arrived. */
async function push(message: Parameters<FakeWorkloadApi["pushX509"]>[0], limits: WorkloadApiLimits = {}) {
  using client = new WorkloadApiClient({ address: agent.address, limits });
  const errors: SpiffeError[] = [];
  const stream = client.watchX509({ onError: (error) => errors.push(error) });
  await stream.next();
  errors.length = 0;
  agent.pushX509(message);
  agent.pushX509({ svids: [{ ...entry, hint: "last" }] });
  const seen = [];
  for await (const update of stream) {
    if (update.svids[0].hint === "last") break;
    seen.push(update);
  }
  return { seen, errors: errors.map(({ code, cause }) => (cause as SpiffeError | undefined)?.code ?? code) };
}

const bundles = (count: number, bytes: Uint8Array = der) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`spiffe://td${at}.internal`, bytes]));

describe("messages that are discarded whole", () => {
  it.each([
    ["SVIDs", { svids: Array(101).fill(entry) }, { svids: Array(3).fill(entry) }, { maxSvids: 2 }],
    [
      "bundles",
      { svids: [entry], federatedBundles: bundles(201) },
      { svids: [entry], federatedBundles: bundles(3) },
      { maxBundles: 2 },
    ],
  ])("too many %s", async (_, byDefault, byOption, limits) => {
    expect(await push(byDefault)).toMatchObject({ seen: [], errors: ["malformed-response"] });
    expect(await push(byOption, limits)).toMatchObject({ seen: [], errors: ["malformed-response"] });
    expect((await push(byOption)).errors).toEqual([]);
  });
});

describe("SVIDs that are left out", () => {
  const chain = (length: number): TestSvid => ({
    ...good,
    certificates: [good.certificates[0], ...Array(length - 1).fill(authority)],
  });
  const message = (svid: TestSvid) => ({ svids: [...(svidsMessage([svid]).svids ?? []), entry] });
  const longId = (bytes: number): string => `spiffe://homelab.internal/${"a".repeat(bytes - 26)}`;

  it("a chain of more than 16", async () => {
    expect((await push(message(chain(17)))).errors).toEqual(["chain-too-long"]);
    expect((await push(message(chain(16)))).errors).not.toContain("chain-too-long");
    expect((await push(message(chain(3)), { chainLength: 2 })).errors).toEqual(["chain-too-long"]);
  });

  it("a SPIFFE ID of more than 2048 bytes", async () => {
    expect((await push({ svids: [{ ...entry, spiffeId: longId(2049) }, entry] })).errors).toEqual(["id-too-long"]);
    expect((await push({ svids: [{ ...entry, spiffeId: longId(2048) }, entry] })).errors).toEqual(["id-mismatch"]);
    using client = new WorkloadApiClient({ address: agent.address, limits: { idBytes: 10 } });
    const errors: unknown[] = [];
    const fetching = client.fetchX509({ onError: ({ cause }) => errors.push(cause) });
    await expect(fetching).rejects.toMatchObject({ code: "malformed-response" });
    expect(errors).toEqual([expect.objectContaining({ code: "id-too-long" })]);
  });

  it("an own bundle of more than 4 MiB", async () => {
    const big = { ...entry, bundle: Buffer.concat(Array(Math.ceil((4 * 1024 * 1024) / der.length) + 1).fill(der)) };
    expect((await push({ svids: [big, entry] })).errors).toEqual(["bundle-too-large"]);
  });

  it("more URI SANs than the limit", async () => {
    const many = ca.intermediate({ defect: "many-uri-sans" }).svid("/many");
    expect((await push(message(many))).errors).toEqual(["too-many-uri-sans"]);
    expect((await push(message(many), { uriSans: 33 })).errors).not.toContain("too-many-uri-sans");
  });
});

it("a federated bundle of more than 4 MiB: its trust domain is not trusted", async () => {
  const big = Buffer.concat(Array(Math.ceil((4 * 1024 * 1024) / der.length) + 1).fill(der));
  const { seen, errors } = await push({ svids: [entry], federatedBundles: bundles(1, big) });
  expect(errors).toEqual(["bundle-too-large"]);
  expect(seen[0]?.bundles.size).toBe(1);
  const small = await push(
    { svids: [entry], federatedBundles: bundles(1, Buffer.concat([der, der])) },
    { maxBundleBytes: der.length },
  );
  expect(small.errors).toEqual(["bundle-too-large"]);
});

it("more CA certificates than the limit: the bundles that go beyond it are left out", async () => {
  const { seen, errors } = await push(
    { svids: [entry], federatedBundles: bundles(3, Buffer.concat([der, der])) },
    { maxAuthorities: 5 },
  );
  expect(errors).toEqual(["bundle-rejected"]);
  expect(seen[0]?.bundles.size).toBe(3);
  const own = { ...entry, bundle: Buffer.concat([der, der, der]) };
  expect((await push({ svids: [own, entry] }, { maxAuthorities: 2 })).errors).toEqual(["bundle-too-large"]);
});

it("CA certificates are counted together: own and federated ones, of bundles that are left out too", async () => {
  const two = Buffer.concat([der, der]);
  // The same bundle beside every SVID is one.
  const own = [1, 2, 3].map((at) => ({ ...entry, hint: `h${at}`, bundle: two }));
  expect((await push({ svids: own }, { maxAuthorities: 2 })).errors).toEqual([]);
  const others = [1, 2, 3].map((at) => ({ ...entry, hint: `h${at}`, bundle: Buffer.concat(Array(at).fill(der)) }));
  expect((await push({ svids: others }, { maxAuthorities: 3 })).errors).toEqual(["bundle-too-large"]);
  const { errors } = await push({ svids: own, federatedBundles: bundles(2, two) }, { maxAuthorities: 4 });
  expect(errors).toEqual(["bundle-rejected"]);
  const damaged = Buffer.concat([der, Buffer.from([0x30, 0])]);
  const federatedBundles = { ...bundles(1, damaged), "spiffe://last.internal": two };
  expect((await push({ svids: [entry], federatedBundles }, { maxAuthorities: 4 })).errors).toHaveLength(2);
  expect((await push({ svids: [entry], federatedBundles }, { maxAuthorities: 5 })).errors).toHaveLength(1);
});

it("megabytes that are no certificates are refused at their first element", async () => {
  const federatedBundles = bundles(3, Buffer.alloc(4 * 1024 * 1024));
  expect((await push({ svids: [entry], federatedBundles })).errors).toHaveLength(3);
});

it("a message that is too large fails the call", async () => {
  using client = new WorkloadApiClient({ address: agent.address, limits: { maxMessageBytes: 100 } });
  await expect(client.fetchX509()).rejects.toMatchObject({
    code: "rpc-failed",
    message: expect.stringMatching(/ResourceExhausted: a message of \d+ bytes, at most 100 are read/),
  });
});

it("more than 32 audiences are a mistake of the caller", async () => {
  using client = new WorkloadApiClient({ address: agent.address });
  const many = Array.from({ length: 33 }, (_, at) => `a${at}`) as [string, ...string[]];
  await expect(client.fetchJwtSvids(many)).rejects.toThrow(TypeError);
  await expect(client.fetchJwtSvids(many, { subject: SpiffeId.parse("spiffe://td/a") })).rejects.toThrow("at most 32");
});

it.each([0, -1, 1.5, Number.NaN])("a limit of %s is a mistake of the caller", (maxSvids) => {
  expect(() => new WorkloadApiClient({ address: agent.address, limits: { maxSvids } })).toThrow(TypeError);
});
