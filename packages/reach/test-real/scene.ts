import type { KubeObject } from "@idstack/manifests";
import type { TestFlow } from "./ask-reach.ts";
import { generateCluster, partiesOf, type TestCluster } from "./cluster.ts";
import { type Generated, generatePolicies } from "./policies.ts";
import { HTTP_REQUESTS, QUERY_PORTS } from "./pools.ts";
import { Random } from "./random.ts";

/** A cluster with policies and questions, all from one seed. */
export interface Scene {
  readonly seed: number;
  readonly cluster: TestCluster;
  readonly policies: readonly Generated[];
  readonly flows: readonly TestFlow[];
}

export function generateScene(seed: number, questions: number): Scene {
  const random = new Random(seed);
  const cluster = generateCluster(random);
  const policies = generatePolicies(random, cluster);
  const parties = partiesOf(cluster);
  const flows = Array.from({ length: questions }, (): TestFlow => {
    // At least one end is a pod, where policies are enforced; the other may be anyone.
    const outgoing = random.chance(0.5);
    const enforced = random.weighted<string>([
      [80, () => podName(random.pick(cluster.pods))],
      [cluster.hostFirewall ? 20 : 0, () => "entity:host"],
      [cluster.hostFirewall && !cluster.singleNode ? 8 : 0, () => "entity:remote-node"],
      [4, () => `entity:${random.pick(["health", "ingress", "init"])}`],
    ]);
    const other = random.weighted<string>([
      [50, () => random.pick(parties.filter(({ destinationOnly }) => outgoing || destinationOnly !== true)).party],
      [35, () => podName(random.pick(cluster.pods))],
      [cluster.hostFirewall ? 15 : 4, () => "entity:host"],
      [cluster.hostFirewall && !cluster.singleNode ? 15 : 0, () => "entity:remote-node"],
    ]);
    const port = random.pick(QUERY_PORTS);
    const http = port.protocol === "tcp" && random.chance(0.2) ? { http: random.pick(HTTP_REQUESTS) } : {};
    return { from: outgoing ? enforced : other, to: outgoing ? other : enforced, ...port, ...http };
  });
  return { seed, cluster, policies, flows };
}

function podName({ namespace, name }: TestCluster["pods"][number]): string {
  return `${namespace}/${name}`;
}

export function objectsIn({ policies }: Scene): KubeObject[] {
  return policies.map(({ object }) => object);
}
