import { get } from "node:https";
import { TrustDomain, X509Source } from "@idstack/spiffe";
import { spiffeAgent } from "@idstack/spiffe/https";
import { agentConfig, serverConfig } from "@idstack/spire";
import { afterAll, beforeAll, expect, it } from "vitest";
import { recordEvidence, type Spire, type SpireAgentFacts, type SpireServerFacts, startSpire } from "../src/index.ts";

const [one, two] = ["one.example", "two.example"] as const;
const started = { files: 0, failed: 0 };

/** The builders' own files for SPIRE without Kubernetes, as someone with two machines would write them. */
const server = (facts: SpireServerFacts): string =>
  serverConfig({
    trustDomain: facts.trustDomain,
    nodeAttestors: [{ type: "join_token" }],
    bindAddress: facts.bindAddress,
    bindPort: facts.bindPort,
    socketPath: facts.socketPath,
    dataDir: facts.dataDirectory,
    healthPort: false,
    federation: {
      endpoint: { address: facts.bindAddress, port: facts.bundleEndpointPort },
      with: Object.fromEntries(
        facts.federatesWith.map(({ trustDomain, bundleEndpointUrl }) => [
          trustDomain,
          { url: bundleEndpointUrl, endpointSpiffeId: `spiffe://${trustDomain}/spire/server` },
        ]),
      ),
    },
  });
const agent = (facts: SpireAgentFacts): string =>
  agentConfig({
    trustDomain: facts.trustDomain,
    serverAddress: facts.serverAddress,
    serverPort: facts.serverPort,
    workloadAttestors: [{ type: "unix" }],
    bootstrap: { bundlePath: facts.trustBundlePath },
    socketPath: facts.socketPath,
    adminSocketPath: facts.adminSocketPath,
    dataDir: facts.dataDirectory,
    keyManager: "disk",
    healthPort: false,
  });

let spire: Spire;
beforeAll(async () => {
  Object.assign(started, { files: 4, failed: 4 });
  spire = await startSpire({
    servers: [one, two].map((trustDomain) => ({ trustDomain, config: server })),
    agents: [one, two].map((trustDomain) => ({ trustDomain, config: agent })),
    federation: true,
  });
  started.failed = 0;
});
afterAll(async () => {
  await spire?.close();
  await recordEvidence({
    component: "spire",
    proves: "servers and agents start from the builders' files, and federate",
    checked: started.files,
    unit: "files",
    mismatches: started.failed,
  });
});

it("the workloads of one trust domain get the authority of the other", async () => {
  await spire.server(one).createEntry({ spiffeId: "/web", federatesWith: [two] });
  await using source = await X509Source.open({ address: spire.agent(one).endpoint });
  const { bundles } = source.getX509Context();
  const authorities = bundles.get(TrustDomain.parse(two))?.authorities.map(String) ?? [];
  expect(authorities.join("").trim()).toBe((await spire.server(two).bundle("pem")).trim());
});

it("a bundle endpoint shows its SPIFFE ID and serves what the server says is its bundle", async () => {
  await using source = await X509Source.open({ address: spire.agent(one).endpoint });
  const client = spiffeAgent({ source, authorize: [`spiffe://${two}/spire/server`] });
  const text = await new Promise<string>((resolve, reject) => {
    const request = get(spire.server(two).bundleEndpointUrl, { agent: client }, async (response) => {
      resolve((await response.toArray()).join(""));
    });
    request.once("error", reject);
  });
  client.destroy();
  const served = JSON.parse(text) as { keys: unknown[]; spiffe_sequence: number };
  const own = JSON.parse(await spire.server(two).bundle()) as { keys: unknown[]; spiffe_sequence: number };
  expect(served.keys).toHaveLength(2);
  expect(served.keys).toEqual(expect.arrayContaining(own.keys));
  expect(served.spiffe_sequence).toBe(own.spiffe_sequence);
});

it("a server fetches the bundle of the other from its endpoint", async () => {
  for (const [here, there] of [
    [one, two],
    [two, one],
  ] as const) {
    const { stdout } = await spire.server(here).run(["federation", "refresh", "-id", there]);
    expect(stdout).toContain("Bundle refreshed");
  }
});
