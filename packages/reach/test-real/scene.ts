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
    const pod = random.pick(cluster.pods);
    const self = `${pod.namespace}/${pod.name}`;
    const outgoing = random.chance(0.5);
    const enforced = cluster.hostFirewall && random.chance(0.2) ? "entity:host" : self;
    const other = random.pick(parties.filter(({ destinationOnly }) => outgoing || destinationOnly !== true)).party;
    const port = random.pick(QUERY_PORTS);
    const http = port.protocol === "tcp" && random.chance(0.2) ? { http: random.pick(HTTP_REQUESTS) } : {};
    return { from: outgoing ? enforced : other, to: outgoing ? other : enforced, ...port, ...http };
  });
  return { seed, cluster, policies, flows };
}

export function objectsIn({ policies }: Scene): KubeObject[] {
  return policies.map(({ object }) => object);
}
