import type { KubeObject } from "@idstack/manifests";
import type { Random } from "@idstack/tool-real";
import { networkPolicy } from "./network-policies.ts";
import { ciliumPeers } from "./peers.ts";
import { NAMESPACES } from "./pools.ts";
import { ciliumPorts } from "./ports.ts";
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
  const policies = random.times(1, 5, (index) =>
    random.weighted<Generated>([
      [30, () => networkPolicy(random, `p${index}`, cluster.ipv6)],
      [45, () => ciliumPolicy(random, `p${index}`, random.pick(NAMESPACES).name, cluster)],
      [25, () => ciliumPolicy(random, `p${index}`, undefined, cluster)],
    ]),
  );
  const apt = policies.filter(({ object }) => /"(rules|authentication)":/.test(JSON.stringify(object)));
  const rival = apt.length > 0 && random.chance(0.4) ? rivalOf(random, random.pick(apt)) : undefined;
  return rival === undefined ? policies : [...policies, rival];
}

/**
 * The same policy again, with other proxies and authentication: where rules for one peer and port meet that cannot be
 * merged, the agent computes no policy for the endpoint at all.
 */
function rivalOf(random: Random, { object, tags }: Generated): Generated | undefined {
  if (object.kind === "NetworkPolicy") return undefined;
  const rules = random.pick([{ http: [{ method: "GET" }] }, { dns: [{ matchPattern: "*" }] }]);
  const text = JSON.stringify(object, (key, value) => {
    if (key === "rules") return rules;
    if (key === "mode") return value === "required" ? "disabled" : "required";
    // An expression in another order makes another selector of it.
    return key === "values" && random.chance(0.3) ? [...value].reverse() : value;
  });
  const rival = JSON.parse(text) as KubeObject;
  const name = random.pick(["a", "z"]);
  return { object: { ...rival, metadata: { ...rival.metadata, name } }, tags };
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
        return { ...item, ...ports, ...authentication(deny, used) };
      });
    }
    return body;
  }

  function authentication(deny: boolean, used: Tags): Item {
    if (deny || !random.chance(0.06)) return {};
    used.add("authentication");
    return { authentication: { mode: random.pick(["required", "disabled"]) } };
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
