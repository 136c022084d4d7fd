import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Source } from "@idstack/spiffe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordEvidence, type Spire, type SpireOptions, startSpire } from "../src/index.ts";
import { freePorts } from "../src/internal/ports.ts";
import { type AgentCluster, startAgentCluster } from "./spire/cluster.ts";
import { agentHere, exampleFiles, readExample, type Surroundings, serverHere } from "./spire/example.ts";
import { type DifferentLine, lineDiff, renderDiff } from "./spire/line-diff.ts";
import { validateFile } from "./spire/validate.ts";

/** What the copy that is started may change: addresses and paths … */
const CHANGED_KEYS: ReadonlySet<string> = new Set([
  "bind_address",
  "bind_port",
  "connection_string",
  "data_dir",
  "keys_path",
  "kube_config_file",
  "kube_config_file_path",
  "server_address",
  "server_port",
  "socket_path",
  "token_path",
  "trust_bundle_path",
]);
/** … and how workloads are recognised: there is no kubelet. */
const CHANGED_BLOCK = /^WorkloadAttestor "(k8s|unix)"/;

let directory: string;
let cluster: AgentCluster;
let spire: Spire;
let surroundings: Surroundings;
const checked = { files: 0, refused: 0 };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ids-example-"));
  cluster = await startAgentCluster(["spire-agent", "someone-else"]);
  const [server = 0, agent = 0] = await freePorts(2);
  const tokenPath = await cluster.projectToken("spire-agent", directory);
  surroundings = { kubeconfig: cluster.kubernetes.kubeconfig, tokenPath, healthPorts: { server, agent } };
  spire = await startSpire(await exampleOptions(surroundings));
});
afterAll(async () => {
  await spire?.close();
  await cluster?.[Symbol.asyncDispose]();
  if (directory !== undefined) await rm(directory, { recursive: true });
  await recordEvidence({
    component: "spire",
    proves: "the identity stack's files are valid, and start but for addresses, paths and the workload attestor",
    checked: checked.files,
    unit: "files",
    mismatches: checked.refused,
  });
});

async function exampleOptions(here: Surroundings): Promise<SpireOptions> {
  const example = await readExample();
  return {
    servers: [{ trustDomain: "homelab.internal", config: (facts) => serverHere(example.server, facts, here) }],
    agents: [
      {
        config: (facts) => agentHere(example.agent, facts, here),
        attestedAs: `spiffe://homelab.internal/spire/agent/k8s_psat/home/${cluster.nodeUid}`,
      },
    ],
  };
}

it.each([
  ["spire-server", exampleFiles.server],
  ["spire-agent", exampleFiles.agent],
] as const)("%s accepts the example's file as it is", async (program, file) => {
  checked.files += 1;
  checked.refused += 1;
  expect(await validateFile(program, file)).toMatchObject({ accepted: true });
  checked.refused -= 1;
});

describe("the copy that is started", () => {
  it("differs from the example's files in addresses, paths and the workload attestor only", async () => {
    const example = await readExample();
    for (const [name, original, started] of [
      ["server.conf", example.server, spire.server().configPath],
      ["agent.conf", example.agent, spire.agent().configPath],
    ] as const) {
      checked.files += 1;
      checked.refused += 1;
      const different = lineDiff(original, await readFile(started, "utf8"));
      console.log(
        `${name}: ${original.split("\n").length} lines, the copy that is started differs in\n${renderDiff(different)}`,
      );
      expect(different.length).toBeGreaterThan(0);
      expect(different.filter((line) => !mayDiffer(line))).toEqual([]);
      checked.refused -= 1;
    }
    const other = lineDiff(example.server, example.server.replace('ca_ttl = "24h"', 'ca_ttl = "48h"'));
    expect(other.filter((line) => !mayDiffer(line))).toHaveLength(2);
  });

  it("lets the agent join by its service account, and gives its workloads their identity", async () => {
    expect(await spire.server().run(["agent", "list"])).toMatchObject({
      stdout: expect.stringContaining(`SPIFFE ID         : ${spire.agent().id}`),
    });
    await spire.server().createEntry({ spiffeId: "/ns/apps/sa/web" });
    await using source = await X509Source.open({ address: spire.agent().endpoint });
    const { svid } = source.getX509Context();
    expect(`${svid.id}`).toBe("spiffe://homelab.internal/ns/apps/sa/web");
    const [leaf] = svid.certificates;
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBe(3_610_000);
  });

  it("keeps its CA certificates in the ConfigMap that agents start from", async () => {
    const bundle = await spire.server().bundle("pem");
    expect((await cluster.publishedBundle()).trim()).toBe(bundle.trim());
  });

  it("says on the ports of the probes that it lives and is ready", async () => {
    for (const port of Object.values(surroundings.healthPorts)) {
      for (const path of ["/live", "/ready"]) {
        expect((await fetch(`http://127.0.0.1:${port}${path}`)).status, `${port}${path}`).toBe(200);
      }
    }
  });

  it("does not let another service account join", async () => {
    const tokenPath = await cluster.projectToken("someone-else", directory);
    const [server = 0, agent = 0] = await freePorts(2);
    const options = await exampleOptions({ ...surroundings, tokenPath, healthPorts: { server, agent } });
    await expect(startSpire(options)).rejects.toMatchObject({
      message: expect.stringContaining(
        '\\"infra:someone-else\\" is not an allowed service account for cluster \\"home\\"',
      ),
    });
  });

  it("comes back after a restart of the agent, which keeps its key in memory and joins anew", async () => {
    const serial = async (): Promise<string | undefined> =>
      /Serial number +: (\d+)/.exec((await spire.server().run(["agent", "list"])).stdout)?.[1];
    const before = await serial();
    await spire.agent().restart();
    await spire.agent().waitFor("/ns/apps/sa/web");
    expect(before).toMatch(/^\d+$/);
    expect(await serial()).not.toBe(before);
  });
});

function mayDiffer({ line, blocks }: DifferentLine): boolean {
  const content = line.trim();
  const key = /^"?([a-z_0-9]+)"? = /.exec(content)?.[1];
  return (
    CHANGED_BLOCK.test(content) ||
    blocks.some((block) => CHANGED_BLOCK.test(block)) ||
    (key !== undefined && CHANGED_KEYS.has(key))
  );
}
