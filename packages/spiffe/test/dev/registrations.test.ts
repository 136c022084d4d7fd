import { SpiffeId, WorkloadApiClient, X509Source } from "@idstack/spiffe";
import { type DevIdentities, startDevWorkloadApi } from "@idstack/spiffe/dev";
import { ManualClock } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";

const trustDomain = "homelab.internal";
const several = [
  { id: "/one", hint: "internal", dnsNames: ["one.internal", "*.internal"] },
  { id: "/two", hint: "external", ttlSeconds: 60, jwtTtlSeconds: 90 },
  { id: "/three", hint: "internal" },
  "/four",
] as const;

it("a workload may have several identities: hints, DNS names and lifetimes are theirs, a repeated hint is left out", async () => {
  const clock = new ManualClock();
  await using agent = await startDevWorkloadApi({ trustDomain, identities: { web: several }, clock });
  await using source = await X509Source.open({ address: agent.addresses.web, clock });
  const { svids } = source.getX509Context();
  expect(svids.map(({ id, hint }) => [id.path, hint])).toEqual([
    ["/one", "internal"],
    ["/two", "external"],
    ["/four", undefined],
  ]);
  const [one, two] = svids.map(({ certificates }) => certificates[0]);
  expect(one?.subject).toBe("C=US\nO=SPIRE\nCN=one.internal");
  expect(one?.subjectAltName).toBe("DNS:one.internal, DNS:*.internal, URI:spiffe://homelab.internal/one");
  expect(two?.subject).toBe("C=US\nO=SPIRE");
  expect(Math.round((Number(two?.validToDate) - clock.now()) / 10_000)).toBe(6);
  expect(`${agent.ids.web}`).toBe("spiffe://homelab.internal/one");
});

it("only the SVID whose half life is over is renewed", async () => {
  const clock = new ManualClock();
  const identities = { web: [several[0], several[1]] };
  await using agent = await startDevWorkloadApi({ trustDomain, identities, clock });
  await using source = await X509Source.open({ address: agent.addresses.web, clock });
  const serials = () => source.getX509Context().svids.map(({ certificates }) => certificates[0].serialNumber);
  const [one, two] = serials();
  const updates = source.updates();
  clock.advance(30_000);
  await updates.next();
  expect(serials()[0]).toBe(one);
  expect(serials()[1]).not.toBe(two);
});

it("registrations can change while a workload is served", async () => {
  const clock = new ManualClock();
  await using agent = await startDevWorkloadApi({ trustDomain, identities: { web: [] }, clock });
  const address = agent.addresses.web;
  using client = new WorkloadApiClient({ address });
  const denied = expect.objectContaining({
    code: "permission-denied",
    message: expect.stringContaining("no identity issued"),
  });
  await expect(client.watchX509().next()).rejects.toEqual(denied);
  await expect(client.watchX509Bundles().next()).rejects.toEqual(denied);
  await expect(client.watchJwtBundles().next()).rejects.toEqual(denied);
  await expect(client.fetchJwtSvids("api")).rejects.toEqual(denied);
  expect(agent.ids).toEqual({});
  agent.rotate();

  agent.register("web", "/web");
  const svids = client.watchX509();
  const bundles = client.watchX509Bundles();
  expect((await svids.next()).value?.svids[0].id.path).toBe("/web");
  expect((await bundles.next()).value?.size).toBe(1);
  agent.register("web", { id: "/changed" });
  expect((await svids.next()).value?.svids[0].id.path).toBe("/changed");

  agent.register("web", []);
  await expect(svids.next()).rejects.toEqual(denied);
  // Not a second message, though the registration changed: the bundles are the same.
  await expect(bundles.next()).rejects.toEqual(denied);
  expect(clock.pending).toEqual([]);
});

describe("refuses, as a caller's mistake,", () => {
  it.each<[string, DevIdentities]>([
    ["a DNS name with a space", { id: "/web", dnsNames: ["web internal"] }],
    ["a DNS name that is a URL", { id: "/web", dnsNames: ["https://web"] }],
    ["a wildcard inside a DNS name", { id: "/web", dnsNames: ["web.*.internal"] }],
    ["a life too short to renew", { id: "/web", ttlSeconds: 1 }],
    ["a token that is never valid", { id: "/web", jwtTtlSeconds: 0 }],
    ["an identity of another trust domain among several", ["/web", "spiffe://other.internal/web"]],
  ])("%s", async (_, web) => {
    await expect(startDevWorkloadApi({ trustDomain, identities: { web } })).rejects.toThrow(TypeError);
    await using agent = await startDevWorkloadApi({ trustDomain, identities: { web: "/web" } });
    expect(() => agent.register("web", web)).toThrow(TypeError);
    expect(`${agent.ids.web}`).toBe("spiffe://homelab.internal/web");
  });

  it("registering a name that is not served", async () => {
    await using agent = await startDevWorkloadApi<string>({ trustDomain, identities: { web: "/web" } });
    expect(() => agent.register("api", "/api")).toThrow(new TypeError('no socket is served for "api"'));
  });
});

describe("JWT-SVIDs", () => {
  it("come for each identity with its hint, and are given out again until half of their life is over", async () => {
    const clock = new ManualClock();
    await using agent = await startDevWorkloadApi({ trustDomain, identities: { web: several }, clock });
    using client = new WorkloadApiClient({ address: agent.addresses.web });
    const all = await client.fetchJwtSvids(["a", "b"]);
    expect(all.map(({ id, hint }) => [id.path, hint])).toEqual([
      ["/one", "internal"],
      ["/two", "external"],
      ["/four", undefined],
    ]);
    const subject = SpiffeId.parse("spiffe://homelab.internal/two");
    const two = async () => (await client.fetchJwtSvids(["b", "a"], { subject }))[0]?.token;
    expect(await two()).toBe(all[1]?.token);
    clock.advance(44_000);
    expect(await two()).toBe(all[1]?.token);
    clock.advance(1_000);
    expect(await two()).not.toBe(all[1]?.token);
  });

  it("of another trust domain are validated for those who federate, without claims that are not their business", async () => {
    await using home = await startDevWorkloadApi({ trustDomain, identities: { web: "/web" } });
    await using other = await startDevWorkloadApi({
      trustDomain: "other.internal",
      identities: { web: "/web", nobody: [] },
      federatesWith: [home],
    });
    using client = new WorkloadApiClient({ address: home.addresses.web });
    const [svid] = await client.fetchJwtSvids("api");
    const validate = async (address: string) => {
      using asked = new WorkloadApiClient({ address });
      return await asked.validateJwtSvid(svid?.token ?? "", "api");
    };
    expect(Object.keys((await validate(home.addresses.web)).claims).sort()).toEqual(["aud", "exp", "iat", "sub"]);
    expect(Object.keys((await validate(other.addresses.web)).claims).sort()).toEqual(["aud", "exp", "sub"]);
    await expect(validate(other.addresses.nobody)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
