import type { KubeObject } from "@idstack/manifests";
import { networkPolicy } from "./network-policies.ts";
import { ciliumPeers } from "./peers.ts";
import { NAMESPACES } from "./pools.ts";
import { ciliumPorts } from "./ports.ts";
import type { Random } from "./random.ts";
import { endpointSelector, type Tags } from "./selectors.ts";

/** A policy with the constructs of its items, by their path. */
export interface Generated {
  readonly object: KubeObject;
  readonly tags: ReadonlyMap<string, Tags>;
}

type Item = Record<string, unknown>;

const SECTIONS = [
  { key: "ingress", deny: false, egress: false, weight: 0.6 },
  { key: "ingressDeny", deny: true, egress: false, weight: 0.25 },
  { key: "egress", deny: false, egress: true, weight: 0.6 },
  { key: "egressDeny", deny: true, egress: true, weight: 0.25 },
] as const;

export function generatePolicies(random: Random, cluster: { ipv6: boolean; hostFirewall: boolean }): Generated[] {
  return random.times(1, 5, (index) =>
    random.weighted<Generated>([
      [30, () => networkPolicy(random, `p${index}`, cluster.ipv6)],
      [45, () => ciliumPolicy(random, `p${index}`, random.pick(NAMESPACES).name, cluster)],
      [25, () => ciliumPolicy(random, `p${index}`, undefined, cluster)],
    ]),
  );
}

/** A CiliumNetworkPolicy, or without a namespace a CiliumClusterwideNetworkPolicy. */
function ciliumPolicy(
  random: Random,
  name: string,
  namespace: string | undefined,
  cluster: { readonly ipv6: boolean; readonly hostFirewall: boolean },
): Generated {
  const tags = new Map<string, Tags>();
  const kind = namespace === undefined ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy";
  const several = random.chance(0.15);
  const body = several
    ? { specs: random.times(2, 2, (index) => rule(`specs[${index}]`, ["specs[]"])) }
    : { spec: rule("spec", []) };
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { object: { apiVersion: "cilium.io/v2", kind, metadata, ...body } as KubeObject, tags };

  function rule(path: string, more: readonly string[]): Item {
    const host = namespace === undefined && random.chance(cluster.hostFirewall ? 0.35 : 0.05);
    const extra = [kind, ...more, ...(host ? ["nodeSelector"] : [])];
    const body: Item = host ? { nodeSelector: {} } : { endpointSelector: subject() };
    if (random.chance(0.2)) {
      extra.push("enableDefaultDeny");
      body["enableDefaultDeny"] = random.pick([
        { ingress: false },
        { egress: false },
        { ingress: false, egress: false },
        { ingress: true, egress: false },
      ]);
    }
    const sections = SECTIONS.filter(({ weight }) => random.chance(weight));
    for (const { key, deny, egress } of sections.length === 0 ? [SECTIONS[0]] : sections) {
      body[key] = random.times(1, 2, (index) => {
        const used: Tags = new Set([...extra, ...(deny ? ["deny rule"] : [])]);
        tags.set(`${path}.${key}[${index}]`, used);
        if (random.chance(0.05)) {
          used.add("item {}");
          return {};
        }
        const item = { ...ciliumPeers(random, used, { deny, egress, ipv6: cluster.ipv6 }) };
        const ports = ciliumPorts(random, used, { deny, egress, host });
        return { ...item, ...ports };
      });
    }
    return body;
  }

  function subject(): Item {
    if (random.chance(0.35)) return {};
    // Only a clusterwide policy reaches Cilium's own endpoints.
    if (namespace === undefined && random.chance(0.15)) {
      const name = random.pick(["health", "ingress", "init"]);
      return { matchLabels: { [`reserved:${name}`]: "" } };
    }
    return endpointSelector(random, new Set()) as Item;
  }
}
