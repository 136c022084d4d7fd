import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN_SOCKET_VARIABLE, DelegatedIdentityClient } from "@idstack/spiffe/delegated";
import { TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { delegatedIdentity } from "../../src/internal/delegated/methods.ts";
import { type Route, RpcServer, serverStream, unary } from "../../src/internal/rpc/server.ts";
import { svidsMessage } from "../../src/internal/workload-api/messages.ts";

const ca = new TestCa("homelab.internal");
const authority = new TestJwtAuthority("homelab.internal");
const requests: unknown[] = [];
let server: RpcServer;
let x509: unknown[] = [];
let tokens: ReturnType<typeof tokenOf>[] = [];
/** Does the stream end without a message? */
let silent = false;

beforeEach(async () => {
  requests.length = 0;
  x509 = [entryOf("/one", "a")];
  tokens = [tokenOf("/one")];
  silent = false;
  const routes: [string, Route][] = [
    [
      delegatedIdentity.subscribeToX509Svids.path,
      serverStream(delegatedIdentity.subscribeToX509Svids, async function* (request) {
        requests.push(request);
        if (silent) return;
        yield { x509Svids: x509 as never, federatesWith: ["other.internal", "Not one"] };
      }),
    ],
    [
      delegatedIdentity.subscribeToX509Bundles.path,
      serverStream(delegatedIdentity.subscribeToX509Bundles, async function* () {
        yield { caCertificates: { "spiffe://homelab.internal": derOf(), "spiffe://broken": Buffer.from("no") } };
      }),
    ],
    [
      delegatedIdentity.fetchJwtSvids.path,
      unary(delegatedIdentity.fetchJwtSvids, (request) => {
        requests.push(request);
        return { svids: tokens };
      }),
    ],
    [
      delegatedIdentity.subscribeToJwtBundles.path,
      serverStream(delegatedIdentity.subscribeToJwtBundles, async function* () {
        yield { bundles: { "homelab.internal": Buffer.from(authority.jwks), "other.internal": Buffer.of(0xff) } };
      }),
    ],
  ];
  server = await RpcServer.listen(
    { routes: new Map(routes) },
    { path: join(mkdtempSync(join(tmpdir(), "admin-")), "api.sock") },
  );
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

it("asks by selectors or by pid; what breaks the rules is reported and left out", async () => {
  x509.push(entryOf("/two", "", { id: idOf("/another") }), { x509Svid: {}, x509SvidKey: Buffer.of() });
  using client = new DelegatedIdentityClient({ address: server.address });
  const errors: string[] = [];
  const onError = ({ code, cause }: { code: string; cause?: unknown }): void =>
    void errors.push((cause as { code?: string })?.code ?? code);
  const { svids, federatesWith } = await client.fetchX509({ selectors: ["k8s:ns:apps"] }, { onError });
  expect(svids.map(({ id, hint }) => [id.path, hint])).toEqual([["/one", "a"]]);
  expect(federatesWith.map(String)).toEqual(["other.internal"]);
  expect(errors).toEqual(["id-mismatch", "malformed-response", "invalid-trust-domain"]);
  await client.fetchX509({ pid: 42 });
  expect(requests).toEqual([
    { selectors: [{ type: "k8s", value: "ns:apps" }], pid: 0 },
    { selectors: [], pid: 42 },
  ]);
});

it("bundles and tokens", async () => {
  using client = new DelegatedIdentityClient({ address: server.address });
  const errors: string[] = [];
  const onError = ({ code }: { code: string }): void => void errors.push(code);
  expect((await client.fetchX509Bundles({ onError })).size).toBe(1);
  expect([...(await client.fetchJwtBundles({ onError })).keys()]).toEqual(["homelab.internal"]);
  expect(errors).toEqual(["bundle-rejected", "bundle-rejected"]);
  const [svid] = await client.fetchJwtSvids({ pid: 1 }, ["x", "y"]);
  expect(svid).toMatchObject({ expiresAt: 2_000_000_000_000, hint: "h" });
  expect(requests).toEqual([{ audience: ["x", "y"], selectors: [], pid: 1 }]);
});

it("limits hold, and what is empty is malformed", async () => {
  const refused = (message: RegExp) => ({ code: "malformed-response", message: expect.stringMatching(message) });
  using client = new DelegatedIdentityClient({ address: server.address, limits: { maxSvids: 1, chainLength: 1 } });
  x509.push(entryOf("/two", ""));
  await expect(client.fetchX509({ pid: 1 })).rejects.toMatchObject(refused(/more than 1 SVIDs/));
  const [svid] = svidsMessage([ca.svid("/long")]).svids ?? [];
  x509 = [entryOf("/long", "", { certChain: [svid?.x509Svid, ca.certificate.raw] })];
  const errors: unknown[] = [];
  await client.fetchX509({ pid: 1 }, { onError: ({ cause }) => errors.push(cause) });
  expect(errors[0]).toMatchObject({ code: "chain-too-long" });

  tokens = [tokenOf("/one"), tokenOf("/two")];
  await expect(client.fetchJwtSvids({ pid: 1 }, "x")).rejects.toMatchObject(refused(/more than 1 JWT-SVIDs/));
  for (const [entry, message] of [
    [{ ...tokenOf("/one"), token: "" }, /a mandatory field of a JWT-SVID is empty/],
    [{ ...tokenOf("/one"), id: { trustDomain: "Not One", path: "/one" } }, /invalid trust domain/],
  ] as const) {
    tokens = [entry];
    await expect(client.fetchJwtSvids({ pid: 1 }, "x")).rejects.toMatchObject(refused(message));
  }
  silent = true;
  await expect(client.fetchX509({ pid: 1 })).rejects.toMatchObject(refused(/without a message/));
});

it.each<[string, () => Promise<unknown>]>([
  ["no selectors", () => ask((client) => client.fetchX509({ selectors: [] }))],
  ["a selector without a value", () => ask((client) => client.fetchX509({ selectors: ["unix:"] }))],
  ["no process", () => ask((client) => client.fetchX509({ pid: 0 }))],
  ["no audience", () => ask((client) => client.fetchJwtSvids({ pid: 1 }, []))],
])("%s is a mistake of the caller", async (_, act) => {
  await expect(act()).rejects.toThrow(TypeError);
  expect(requests).toEqual([]);
});

it("finds the socket by SPIRE_ADMIN_ENDPOINT_SOCKET", () => {
  vi.stubEnv(ADMIN_SOCKET_VARIABLE, "unix:///run/admin.sock");
  expect(new DelegatedIdentityClient().endpoint).toMatchObject({ path: "/run/admin.sock" });
  // Never that of workloads.
  vi.stubEnv("SPIFFE_ENDPOINT_SOCKET", "unix:///of/workloads.sock");
  for (const value of ["", undefined]) {
    vi.stubEnv(ADMIN_SOCKET_VARIABLE, value);
    expect(() => new DelegatedIdentityClient()).toThrow(expect.objectContaining({ code: "no-endpoint-address" }));
  }
});

async function ask(act: (client: DelegatedIdentityClient) => Promise<unknown>): Promise<unknown> {
  using client = new DelegatedIdentityClient({ address: server.address });
  return await act(client);
}

function idOf(path: string) {
  return { trustDomain: "homelab.internal", path };
}

function tokenOf(path: string) {
  const token = authority.token(path, { audience: "x" });
  return { token, id: idOf(path), expiresAt: 2_000_000_000, hint: "h" };
}

function derOf(): Buffer {
  return Buffer.concat(ca.bundle.authorities.map(({ raw }) => raw));
}

function entryOf(path: string, hint: string, overrides: object = {}) {
  const [svid] = svidsMessage([ca.svid(path)]).svids ?? [];
  return {
    x509Svid: { certChain: [svid?.x509Svid], id: idOf(path), hint, ...overrides },
    x509SvidKey: svid?.x509SvidKey,
  };
}
