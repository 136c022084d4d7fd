import type { KubeObject } from "@idstack/manifests";
import { Random } from "@idstack/tool-real";
import { aimAt } from "./aim.ts";
import type { TestFlow } from "./ask-reach.ts";
import { generateCluster, partiesOf, type TestCluster } from "./cluster.ts";
import { type Generated, generatePolicies } from "./policies.ts";
import { HTTP_REQUESTS, QUERY_PORTS } from "./pools.ts";

/** A cluster with policies and questions, all from one seed. */
export interface Scene {
  readonly seed: number;
  readonly cluster: TestCluster;
  readonly policies: readonly Generated[];
  readonly flows: readonly TestFlow[];
}

/** `about` are the policies to ask about, when they are not to be generated. */
export function generateScene(seed: number, questions: number, about?: readonly KubeObject[]): Scene {
  const random = new Random(seed);
  const cluster = generateCluster(random);
  const generated = generatePolicies(random, cluster);
  const policies = about?.map((object) => ({ object, tags: new Map() })) ?? generated;
  const flows = Array.from({ length: questions }, (): TestFlow => {
    const aim = random.chance(0.75) ? aimAt(random, random.pick(policies).object, cluster) : undefined;
    if (aim === undefined) return anyFlow(random, cluster);
    const { subject, peer, egress, protocol, port } = aim;
    const ends = egress ? { from: subject, to: peer } : { from: peer, to: subject };
    return { ...ends, protocol, port, ...request(random, protocol) };
  });
  return { seed, cluster, policies, flows };
}

function anyFlow(random: Random, cluster: TestCluster): TestFlow {
  const outgoing = random.chance(0.5);
  const nodes = cluster.hostFirewall ? 1 : 0;
  const nodesApart = cluster.hostFirewall && !cluster.singleNode ? 1 : 0;
  // One end is where policies are enforced; the other may be anyone.
  const enforced = random.weighted<string>([
    [80, () => podName(random.pick(cluster.pods))],
    [20 * nodes, () => "entity:host"],
    [8 * nodesApart, () => "entity:remote-node"],
    [4, () => `entity:${random.pick(["health", "ingress", "init"])}`],
  ]);
  const parties = partiesOf(cluster).filter(({ destinationOnly }) => outgoing || destinationOnly !== true);
  const other = random.weighted<string>([
    [50, () => random.pick(parties).party],
    [35, () => podName(random.pick(cluster.pods))],
    [4 + 11 * nodes, () => "entity:host"],
    [15 * nodesApart, () => "entity:remote-node"],
  ]);
  const port = random.pick(QUERY_PORTS);
  const ends = outgoing ? { from: enforced, to: other } : { from: other, to: enforced };
  return { ...ends, ...port, ...request(random, port.protocol) };
}

function request(random: Random, protocol: string): Pick<TestFlow, "http"> {
  return protocol === "tcp" && random.chance(0.2) ? { http: random.pick(HTTP_REQUESTS) } : {};
}

function podName({ namespace, name }: TestCluster["pods"][number]): string {
  return `${namespace}/${name}`;
}

export function objectsIn({ policies }: Scene): KubeObject[] {
  return policies.map(({ object }) => object);
}
