import { BundleSource, type SpiffeError, TrustDomain, verifyX509Svid } from "@idstack/spiffe";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import { startWorkloadApi, TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import { afterEach, expect, it } from "vitest";

const home = TrustDomain.parse("homelab.internal");
const ca = new TestCa(home);
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

it("gives X.509 and JWT bundles to a workload that verifies others", async () => {
  const dev = await startDevWorkloadApi({ trustDomain: "homelab.internal", identities: { web: "/web" } });
  opened.push({ [Symbol.asyncDispose]: () => dev.close() });
  const source = await BundleSource.open({ address: dev.addresses["web"] });
  opened.push(source);
  expect(source.getX509Bundle(home)?.authorities).toHaveLength(1);
  expect(source.getJwtBundle(home)?.authorities).toHaveLength(1);
  expect([source.snapshot.x509.size, source.snapshot.jwt.size]).toEqual([1, 1]);
});

it("follows additions, removals and denials; verifies peers", async () => {
  const api = await startWorkloadApi({ svids: [ca.svid("/web")] });
  opened.push(api);
  const source = await BundleSource.open({ address: api.address, kinds: ["x509"], backoff: () => 5 });
  opened.push(source);
  const other = new TestCa("other.internal");
  const peer = other.svid("/peer").certificates;
  expect(() => verifyX509Svid(peer, source)).toThrow(expect.objectContaining({ code: "no-bundle" }));
  const following = source.updates();
  api.update({ svids: [ca.svid("/web")], federated: [other.bundle] });
  expect((await following.next()).value?.x509.size).toBe(2);
  verifyX509Svid(peer, source);
  api.fail("PermissionDenied");
  await expect.poll(() => outcome(() => source.getX509Bundle(home))).toBe("no-bundles");
  expect(source.snapshot.x509.size).toBe(0);
  api.update({ svids: [ca.svid("/web")] });
  await expect.poll(() => outcome(() => source.getX509Bundle(home))).toBe("ok");
  await source.close();
  await source.close();
  expect(outcome(() => source.getX509Bundle(home))).toBe("source-closed");
  expect(outcome(() => source.getJwtBundle(home))).toBe("source-closed");
});

it("a message without bundles is reported and discarded; the last state stays", async () => {
  const jwt = { authority: new TestJwtAuthority(home) };
  const api = await startWorkloadApi({ svids: [ca.svid("/web")], jwt });
  opened.push(api);
  const errors: string[] = [];
  const source = await BundleSource.open({
    address: api.address,
    onError: ({ code, message }) => errors.push(`${code} ${message}`),
  });
  opened.push(source);
  const before = [source.getX509Bundle(home), source.getJwtBundle(home)];
  api.pushX509Bundles({ bundles: {} });
  api.pushJwtBundles({ bundles: {} });
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  const next = source.updates();
  api.update({ svids: [ca.svid("/web")], federated: [new TestCa("other.internal").bundle], jwt });
  expect((await next.next()).value?.x509.size).toBe(2);
  expect(
    errors.every((error) => error.startsWith("malformed-response ")),
    errors.join(),
  ).toBe(true);
  expect([source.getX509Bundle(home)?.authorities.map(String), source.getJwtBundle(home)]).toEqual([
    before[0]?.authorities.map(String),
    before[1],
  ]);
  expect(api.calls).toHaveLength(2);
});

it("ends at once where a kind is not offered, and takes at least one kind", async () => {
  const api = await startWorkloadApi({ svids: [ca.svid("/web")] });
  opened.push(api);
  api.fail("Unimplemented");
  await expect(BundleSource.open({ address: api.address })).rejects.toMatchObject({ code: "unimplemented" });
  await expect(BundleSource.open({ address: api.address, kinds: [] })).rejects.toThrow(TypeError);
});

function outcome(read: () => unknown): string {
  try {
    read();
    return "ok";
  } catch (error) {
    return (error as SpiffeError).code;
  }
}
