import { createServer } from "node:http2";
import { SpiffeId, WorkloadApiClient } from "@idstack/spiffe";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import { startWorkloadApi, TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import { expect, it } from "vitest";
import { WorkloadApiServer } from "../../src/internal/workload-api/server.ts";

const ca = new TestCa("homelab.internal");

it("reads X.509 bundles without an identity; a stream that the reader leaves is closed", async () => {
  await using agent = await startWorkloadApi({
    svids: [ca.svid("/web")],
    federated: [new TestCa("other.internal").bundle],
  });
  using client = new WorkloadApiClient({ address: agent.address });
  for await (const bundles of client.watchX509Bundles()) {
    expect([...bundles].map(({ trustDomain }) => trustDomain.name)).toEqual(["homelab.internal", "other.internal"]);
    break;
  }
  await expect.poll(() => agent.openStreams).toBe(0);
});

it("reports a bundles message that is empty or too large and goes on", async () => {
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
  using client = new WorkloadApiClient({ address: agent.address });
  const errors: string[] = [];
  const bundles = client.watchX509Bundles({ onError: ({ code }) => errors.push(code) });
  await bundles.next();
  agent.pushX509Bundles({ bundles: {} });
  const many = Array.from({ length: 201 }, (_, at): [string, Uint8Array] => [`spiffe://td${at}`, new Uint8Array()]);
  agent.pushX509Bundles({ bundles: Object.fromEntries(many) });
  agent.update({ svids: [ca.svid("/web")] });
  expect((await bundles.next()).value?.size).toBe(1);
  expect(errors).toEqual(["malformed-response", "malformed-response"]);
  await bundles.return();
});

it("fetches, watches and validates JWT-SVIDs; audiences and subject reach the agent unchanged", async () => {
  const identities = { web: ["/web", "/second"] };
  await using agent = await startDevWorkloadApi({ trustDomain: "homelab.internal", identities });
  using client = new WorkloadApiClient({ address: agent.addresses.web });
  const svids = await client.fetchJwtSvids(["two", "one"]);
  expect(svids.map(({ id }) => id.path)).toEqual(["/web", "/second"]);
  const [svid, ...others] = await client.fetchJwtSvids(["two", "one"], { subject: svids[1]?.id });
  expect(others).toEqual([]);
  const { id, claims } = await client.validateJwtSvid(svid?.token ?? "", "two");
  expect(`${id}`).toBe("spiffe://homelab.internal/second");
  expect(claims).toMatchObject({ sub: "spiffe://homelab.internal/second", aud: ["two", "one"] });
  for await (const bundles of client.watchJwtBundles()) {
    expect(JSON.parse(bundles.get("homelab.internal") ?? "")).toMatchObject({ keys: [{ kty: "EC", crv: "P-256" }] });
    break;
  }
});

it("PermissionDenied for a JWT-SVID is an error, not an empty result", async () => {
  await using agent = await startDevWorkloadApi({ trustDomain: "homelab.internal", identities: { web: "/web" } });
  using client = new WorkloadApiClient({ address: agent.addresses.web });
  const subject = SpiffeId.parse("spiffe://homelab.internal/another");
  await expect(client.fetchJwtSvids("one", { subject })).rejects.toMatchObject({ code: "permission-denied" });
  await expect(client.fetchJwtSvids([] as unknown as [string])).rejects.toThrow(TypeError);
});

it("empty mandatory fields of JWT answers are malformed", async () => {
  const server = await WorkloadApiServer.listen(
    {
      async *fetchX509SVID() {},
      async *fetchX509Bundles() {},
      async *fetchJWTBundles() {
        yield { bundles: {} };
      },
      fetchJWTSVID: ({ audience: [kind] }) => ({
        svids: kind === "none" ? [] : [kind === "token" ? { spiffeId: "spiffe://td/web" } : { svid: "a.b.c" }],
      }),
      validateJWTSVID: ({ audience }) => (audience === "claims" ? { spiffeId: "spiffe://td/web" } : { claims: {} }),
    },
    { host: "127.0.0.1", port: 0 },
  );
  const client = new WorkloadApiClient({ address: server.address });
  for (const call of [
    client.fetchJwtSvids("none"),
    client.fetchJwtSvids("token"),
    client.fetchJwtSvids("id"),
    client.validateJwtSvid("t", "claims"),
    client.validateJwtSvid("t", "id"),
  ]) {
    await expect(call).rejects.toMatchObject({ code: "malformed-response" });
  }
  const errors: string[] = [];
  for await (const _ of client.watchJwtBundles({ onError: ({ code }) => errors.push(code) })) expect.unreachable();
  expect(errors).toEqual(["malformed-response"]);
  client.close();
  await server.close();
});

it("a JWT bundle of something that is no trust domain is reported and left out; of two equal hints the first wins", async () => {
  const jwt = (path: string, hint: string) => ({ spiffeId: `spiffe://td${path}`, svid: `token of ${path}`, hint });
  const server = await WorkloadApiServer.listen(
    {
      async *fetchX509SVID() {},
      async *fetchX509Bundles() {},
      async *fetchJWTBundles() {
        const bytes = Buffer.from("{}");
        yield { bundles: { "spiffe://TD": bytes, "spiffe://td": bytes, "spiffe://binary": Buffer.of(0xff) } };
      },
      fetchJWTSVID: ({ audience }) => ({
        svids:
          audience[0] === "bad" ? [{ spiffeId: "web", svid: "t" }] : ["a", "b", "a"].map((h, at) => jwt(`/${at}`, h)),
      }),
      validateJWTSVID: () => ({ spiffeId: "spiffe://TD/web", claims: {} }),
    },
    { host: "127.0.0.1", port: 0 },
  );
  using client = new WorkloadApiClient({ address: server.address });
  const errors: string[] = [];
  for await (const bundles of client.watchJwtBundles({ onError: ({ code }) => errors.push(code) })) {
    expect([...bundles.keys()]).toEqual(["td"]);
  }
  expect(errors).toEqual(["bundle-rejected", "bundle-rejected"]);
  expect((await client.fetchJwtSvids("x")).map(({ id, hint }) => [id.path, hint])).toEqual([
    ["/0", "a"],
    ["/1", "b"],
  ]);
  await expect(client.fetchJwtSvids("bad")).rejects.toMatchObject({ code: "malformed-response" });
  await expect(client.validateJwtSvid("t", "a")).rejects.toMatchObject({ code: "malformed-response" });
  await server.close();
});

it("limits hold for tokens too; a stream that ends without a message is malformed", async () => {
  const identities = { web: ["/web", "/second"] };
  await using dev = await startDevWorkloadApi({ trustDomain: "homelab.internal", identities });
  using few = new WorkloadApiClient({ address: dev.addresses.web, limits: { maxSvids: 1 } });
  const malformed = (message: string) => ({ code: "malformed-response", message: expect.stringContaining(message) });
  await expect(few.fetchJwtSvids("a")).rejects.toMatchObject(malformed("more than 1 JWT-SVIDs"));

  const jwt = { authority: new TestJwtAuthority("homelab.internal") };
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")], jwt });
  const token = jwt.authority.token("/web", { audience: ["a0", "a1", "a2"] });
  using client = new WorkloadApiClient({ address: agent.address });
  using strict = new WorkloadApiClient({ address: agent.address, limits: { maxAudiences: 2 } });
  expect((await client.validateJwtSvid(token, "a2")).id.path).toBe("/web");
  await expect(strict.validateJwtSvid(token, "a2")).rejects.toMatchObject(malformed("more than 2 audiences"));
  agent.inject("FetchX509SVID", "no-message");
  await expect(client.fetchX509()).rejects.toMatchObject(malformed("without a message"));
});

it.each<[string, (client: WorkloadApiClient, signal: AbortSignal) => Promise<unknown>]>([
  ["fetchX509", (client, signal) => client.fetchX509({ signal })],
  ["watchX509", (client, signal) => client.watchX509({ signal }).next()],
  ["fetchX509Bundles", (client, signal) => client.fetchX509Bundles({ signal })],
  ["watchX509Bundles", (client, signal) => client.watchX509Bundles({ signal }).next()],
  ["fetchJwtSvids", (client, signal) => client.fetchJwtSvids("a", { signal })],
  ["fetchJwtBundles", (client, signal) => client.fetchJwtBundles({ signal })],
  ["watchJwtBundles", (client, signal) => client.watchJwtBundles({ signal }).next()],
  ["validateJwtSvid", (client, signal) => client.validateJwtSvid("a.b.c", "a", { signal })],
])("%s ends with the reason of its signal, before it begins and while it waits", async (_, call) => {
  const jwt = { authority: new TestJwtAuthority("homelab.internal") };
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")], jwt });
  using client = new WorkloadApiClient({ address: agent.address });
  const reason = new Error("no longer needed");
  await expect(call(client, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(agent.calls).toEqual([]);
  agent.inject("*", "hang");
  const stop = new AbortController();
  const waiting = call(client, stop.signal);
  waiting.catch(() => {});
  await expect.poll(() => agent.calls.length).toBe(1);
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

it("sends the security header with every method", async () => {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.url} ${request.headers["workload.spiffe.io"]}`);
    response.writeHead(200, { "content-type": "application/grpc", "grpc-status": "12" }).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const client = new WorkloadApiClient({ address: `tcp://127.0.0.1:${(server.address() as { port: number }).port}` });
  const unimplemented = { code: "unimplemented" };
  await expect(client.watchX509().next()).rejects.toMatchObject(unimplemented);
  await expect(client.watchX509Bundles().next()).rejects.toMatchObject(unimplemented);
  await expect(client.watchJwtBundles().next()).rejects.toMatchObject(unimplemented);
  await expect(client.fetchJwtSvids("a")).rejects.toMatchObject(unimplemented);
  await expect(client.validateJwtSvid("t", "a")).rejects.toMatchObject(unimplemented);
  const methods = ["FetchX509SVID", "FetchX509Bundles", "FetchJWTBundles", "FetchJWTSVID", "ValidateJWTSVID"];
  expect(calls).toEqual(methods.map((method) => `/SpiffeWorkloadAPI/${method} true`));
  client.close();
  server.close();
});
