import type { KubeObject } from "@idstack/manifests";
import type { Random } from "@idstack/tool-real";
import type { Generated } from "./policies.ts";
import { CIDRS, CIDRS_V6, NAMESPACES, NESTED, NESTED_V6 } from "./pools.ts";
import { networkPolicyPorts } from "./ports.ts";
import { podSelector, type Tags } from "./selectors.ts";

type Item = Record<string, unknown>;

export function networkPolicy(random: Random, name: string, ipv6: boolean): Generated {
  const tags = new Map<string, Tags>();
  const spec: Item = { podSelector: random.chance(0.3) ? {} : podSelector(random, new Set()) };
  for (const direction of ["ingress", "egress"] as const) {
    const rules = random.weighted<Item[] | undefined>([
      [35, () => undefined],
      [8, () => []],
      [57, () => random.times(1, 2, (index) => rule(direction, index))],
    ]);
    if (rules !== undefined) spec[direction] = rules;
  }
  const types = random.weighted<string[] | undefined>([
    [40, () => undefined],
    [25, () => ["Ingress", "Egress"]],
    [15, () => ["Ingress"]],
    [15, () => ["Egress"]],
  ]);
  if (types !== undefined) spec["policyTypes"] = types;
  const metadata = { name, namespace: random.pick(NAMESPACES).name };
  return { object: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec } as KubeObject, tags };

  function rule(direction: "ingress" | "egress", index: number): Item {
    const used: Tags = new Set(["NetworkPolicy"]);
    tags.set(`spec.${direction}[${index}]`, used);
    if (random.chance(0.08)) {
      used.add("NetworkPolicy rule {}");
      return {};
    }
    const key = direction === "ingress" ? "from" : "to";
    const peers = random.weighted<Item>([
      [15, () => (random.chance(0.3) ? { [key]: [] } : {})],
      [85, () => ({ [key]: random.times(1, 2, () => peer(used)) })],
    ]);
    return { ...peers, ...networkPolicyPorts(random, used) };
  }

  function peer(used: Tags): Item {
    return random.weighted<Item>([
      [25, () => use(used, "podSelector", { podSelector: podSelector(random, used) })],
      [20, () => use(used, "namespaceSelector", { namespaceSelector: namespaceSelector() })],
      [
        20,
        () =>
          use(used, "podSelector with namespaceSelector", {
            podSelector: podSelector(random, used),
            namespaceSelector: namespaceSelector(),
          }),
      ],
      [50, () => ({ ipBlock: ipBlock(used) })],
    ]);
  }

  function namespaceSelector(): Item {
    return random.pick<Item>([
      {},
      { matchLabels: { team: "a" } },
      { matchLabels: { "kubernetes.io/metadata.name": "data" } },
      { matchExpressions: [{ key: "env", operator: "Exists" }] },
      { matchExpressions: [{ key: "team", operator: "NotIn", values: ["a"] }] },
    ]);
  }

  function ipBlock(used: Tags): Item {
    if (random.chance(0.6)) {
      const [cidr, inner] = random.pick(ipv6 && random.chance(0.3) ? NESTED_V6 : NESTED);
      return use(used, "ipBlock except", { cidr, except: random.some(inner, 1, 2) });
    }
    return use(used, "ipBlock", { cidr: random.pick(ipv6 && random.chance(0.3) ? CIDRS_V6 : CIDRS) });
  }

  function use(used: Tags, tag: string, item: Item): Item {
    used.add(`NetworkPolicy ${tag}`);
    return item;
  }
}
