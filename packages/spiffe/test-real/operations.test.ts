// What operators do to a running workload: they delete and re-create its entry, let it act for others, federate it.
import {
  parseJwtBundle,
  SpiffeError,
  TrustDomain,
  validateJwtSvid,
  verifyX509Svid,
  X509BundleSet,
  X509Source,
} from "@idstack/spiffe";
import { DelegatedIdentityClient } from "@idstack/spiffe/delegated";
import { spiffeAgent } from "@idstack/spiffe/https";
import { recordEvidence, renderAgentConfig, type Spire, type SpireAgentFacts, startSpire } from "@idstack/tool-real";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request, startServer } from "./https.ts";
import { SOON, until } from "./wait.ts";

const HOME = "homelab.internal";
const ELSEWHERE = "elsewhere.internal";
const counts = { checked: 0 };
let spire: Spire;
let adminSocket = "";

beforeAll(async () => {
  const config = (facts: SpireAgentFacts): string => {
    adminSocket = `unix://${facts.adminSocketPath}`;
    const delegates = `  authorized_delegates = ["spiffe://${HOME}/delegate"]\n`;
    return renderAgentConfig(facts).replace("agent {\n", `agent {\n${delegates}`);
  };
  spire = await startSpire({
    servers: [{ trustDomain: HOME }, { trustDomain: ELSEWHERE }],
    agents: [{ trustDomain: HOME }, { trustDomain: ELSEWHERE }, { trustDomain: HOME, config }],
    federation: true,
  });
});
afterAll(async () => {
  await spire?.close();
  await recordEvidence({
    component: "spire",
    proves:
      "@idstack/spiffe follows deleted and re-created entries, federation, and asks for others by the Delegated Identity API",
    checked: counts.checked,
    unit: "assertions about a running agent",
    mismatches: 0,
  });
});

const agentOf = (index: number) => {
  const agent = spire.agents[index];
  if (agent === undefined) throw new Error(`there is no agent ${index}`);
  return agent;
};

it("two federated servers: each side verifies the other with the other's bundle, and an unfederated stranger is refused", async () => {
  const [home, away] = [agentOf(0), agentOf(1)];
  await spire.server(HOME).createEntry({ spiffeId: "/api", parentId: home.id, federatesWith: [ELSEWHERE] });
  await spire.server(ELSEWHERE).createEntry({ spiffeId: "/web", parentId: away.id, federatesWith: [HOME] });
  await using api = await X509Source.open({ address: home.endpoint });
  await using web = await X509Source.open({ address: away.endpoint });
  await until(api, ({ bundles }) => bundles.has(TrustDomain.parse(ELSEWHERE)));
  await until(web, ({ bundles }) => bundles.has(TrustDomain.parse(HOME)));
  await using server = await startServer({ source: api, authorize: [`spiffe://${ELSEWHERE}/web`] });
  const agent = spiffeAgent({ source: web, authorize: [`spiffe://${HOME}/api`], keepAlive: false });
  expect((await request(server.url, agent)).body.peer).toBe(`spiffe://${ELSEWHERE}/web`);
  agent.destroy();
  // The own identity, without the bundle that federation brings.
  const { svid, svids, bundles } = web.getX509Context();
  const onlyOwn = [...bundles].filter(({ trustDomain }) => trustDomain.name === ELSEWHERE);
  const source = { getX509Context: () => ({ svid, svids, bundles: new X509BundleSet(onlyOwn) }) };
  const stranger = spiffeAgent({ source, authorize: [`spiffe://${HOME}/api`], keepAlive: false });
  await expect(request(server.url, stranger)).rejects.toMatchObject({ code: "no-bundle" });
  stranger.destroy();
  counts.checked += 2;
});

it("a deleted entry: from the agent's PermissionDenied on, getters and handshakes fail; it comes back", async () => {
  const home = agentOf(0);
  const server = spire.server(HOME);
  for (const { id } of await entries(home.id)) await server.deleteEntry(id);
  const entry = await server.createEntry({ spiffeId: "/withdrawn", parentId: home.id });
  let denied = (): void => {};
  await using source = await X509Source.open({
    address: home.endpoint,
    onError: ({ code }) => {
      if (code === "permission-denied") denied();
    },
  });
  await until(source, ({ svid }) => svid.id.path === "/withdrawn");
  const states: string[] = [];
  denied = () => void states.push(source.health().state);
  const authorize = [`spiffe://${HOME}/withdrawn`];
  const refusals: string[] = [];
  const onRefused = ({ code }: { readonly code: string }): number => refusals.push(code);
  await using ours = await startServer({ source, authorize, onRefused });
  const agent = spiffeAgent({ source, authorize, keepAlive: false });
  await request(ours.url, agent);
  const before = source.getX509Context();

  await server.deleteEntry(entry);
  await expect.poll(() => source.health().state, { timeout: SOON, interval: 10 }).toBe("withdrawn");
  expect(() => source.getX509Context()).toThrow(expect.objectContaining({ code: "no-svid" }));
  await expect(request(ours.url, agent)).rejects.toMatchObject({ code: "no-svid" });
  // As server too: whoever still has an SVID is turned away.
  const former = spiffeAgent({ source: { getX509Context: () => before }, authorize, keepAlive: false });
  await expect(request(ours.url, former)).rejects.toMatchObject({ code: "ECONNRESET" });
  former.destroy();
  expect(refusals).toEqual(["no-svid"]);
  // It was gone when the denial was told, not a while after.
  expect(states[0]).toBe("withdrawn");

  await server.createEntry({ spiffeId: "/withdrawn", parentId: home.id });
  const { svid } = await until(source, (context) => context.svid.id.path === "/withdrawn");
  expect(svid.certificates[0].validToDate.getTime()).toBeGreaterThan(Date.now());
  await request(ours.url, agent);
  expect(source.health()).toMatchObject({ state: "ready", attempts: 0 });
  agent.destroy();
  counts.checked += 4;
});

describe("delegated identity", () => {
  const selectors = ["unix:uid:4242", "unix:user:somebody"];

  it("who is no authorized delegate is refused", async () => {
    using client = new DelegatedIdentityClient({ address: adminSocket });
    await expect(client.fetchX509({ selectors })).rejects.toMatchObject({ code: "permission-denied" });
    counts.checked += 1;
  });

  it("X.509-SVIDs, JWT-SVIDs and bundles by selectors and by pid", async () => {
    const agent = agentOf(2);
    const server = spire.server(HOME);
    await server.createEntry({ spiffeId: "/delegate", parentId: agent.id });
    await server.createEntry({
      spiffeId: "/of-another",
      parentId: agent.id,
      selectors: ["unix:uid:4242"],
      hint: "other",
      federatesWith: [ELSEWHERE],
    });
    await agent.waitFor("/delegate");
    using client = new DelegatedIdentityClient({ address: adminSocket });
    const errors: SpiffeError[] = [];
    const onError = (error: SpiffeError): void => void errors.push(error);
    const signal = AbortSignal.timeout(SOON);
    let update: Awaited<ReturnType<typeof client.fetchX509>> | undefined;
    for await (update of client.watchX509({ selectors }, { onError, signal })) if (update.svids.length > 0) break;
    const [svid] = update?.svids ?? [];
    expect(`${svid?.id}`).toBe(`spiffe://${HOME}/of-another`);
    expect(svid?.hint).toBe("other");
    expect(update?.federatesWith.map(String)).toEqual([ELSEWHERE]);
    const bundles = await client.fetchX509Bundles({ onError });
    expect([...bundles].map(({ trustDomain }) => trustDomain.name).sort()).toEqual([ELSEWHERE, HOME].sort());
    expect(`${verifyX509Svid(svid?.certificates ?? [], bundles).id}`).toBe(`spiffe://${HOME}/of-another`);

    const [token] = await client.fetchJwtSvids({ selectors }, ["api", "other"]);
    expect(`${token?.id}`).toBe(`spiffe://${HOME}/of-another`);
    expect(token?.expiresAt).toBeGreaterThan(Date.now());
    const documents = await client.fetchJwtBundles({ onError });
    const home = TrustDomain.parse(HOME);
    const jwks = parseJwtBundle(home, documents.get(HOME) ?? "", { acceptMissingUse: true });
    const source = { getJwtBundle: () => jwks };
    expect(`${validateJwtSvid(token?.token ?? "", { bundles: source, audience: "api" }).id}`).toBe(`${token?.id}`);

    const own = await client.fetchX509({ pid: process.pid });
    expect(own.svids.map(({ id }) => id.path)).toEqual(["/delegate"]);
    const nobody = await client.fetchX509({ selectors: ["unix:uid:1"] });
    expect(nobody.svids).toEqual([]);
    await expect(client.fetchJwtSvids({ selectors: ["unix:uid:1"] }, "api")).rejects.toBeInstanceOf(SpiffeError);
    expect(errors).toEqual([]);
    counts.checked += 8;
  });
});

async function entries(parentId: string): Promise<{ readonly id: string }[]> {
  const { stdout } = await spire.server(HOME).run(["entry", "show", "-parentID", parentId, "-output", "json"]);
  return (JSON.parse(stdout) as { entries: { id: string }[] }).entries;
}
