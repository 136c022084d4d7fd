import type { Random } from "@idstack/tool-real";
import { CIDRS, CIDRS_V6, NAME_PATTERNS, NAMESPACES, NESTED, NESTED_V6 } from "./pools.ts";
import { endpointSelector, reservedSelector, type Tags } from "./selectors.ts";

type Item = Record<string, unknown>;

const ENTITIES = [
  "all",
  "world",
  "world",
  "cluster",
  "cluster",
  "cluster-mesh",
  "host",
  "remote-node",
  "remote-node",
  "kube-apiserver",
  "kube-apiserver",
  "ingress",
  "ingress",
  "health",
  "health",
  "init",
  "unmanaged",
  "unmanaged",
  "none",
] as const;

export interface PeerScope {
  readonly deny: boolean;
  readonly egress: boolean;
  readonly ipv6: boolean;
}

/** The L3 part of a Cilium rule item: exactly one kind of peer, or none. */
export function ciliumPeers(random: Random, tags: Tags, { deny, egress, ipv6 }: PeerScope): Item {
  const prefix = egress ? "to" : "from";
  return random.weighted<Item>([
    [10, () => use("no peer", {})],
    [34, () => use("endpoints", { [`${prefix}Endpoints`]: endpoints() })],
    [18, () => ({ [`${prefix}Entities`]: random.times(1, 2, entity) })],
    [9, () => use("CIDR", { [`${prefix}CIDR`]: random.times(1, 2, () => random.pick(blocks(CIDRS, CIDRS_V6))) })],
    [15, () => ({ [`${prefix}CIDRSet`]: random.times(1, 2, cidrSet) })],
    [14, () => ({ [`${prefix}CIDRSet`]: [group()] })],
    [
      2,
      () => use("empty peer list", { [`${prefix}${random.pick(["Endpoints", "Entities", "CIDR", "CIDRSet"])}`]: [] }),
    ],
    [egress && !deny ? 20 : 0, () => use("FQDNs", { toFQDNs: random.some(NAME_PATTERNS, 1, 2) })],
    [egress ? 7 : 0, () => use("services", { toServices: random.times(1, 2, service) })],
  ]);

  function endpoints(): Item[] {
    return random.times(1, 2, () =>
      random.chance(0.08) ? reservedSelector(random, tags) : endpointSelector(random, tags),
    ) as Item[];
  }
  function entity(): string {
    const name = random.pick(ENTITIES);
    // Nobody can be named for a decision.
    if (name !== "none") tags.add(`entity ${name}`);
    return name;
  }
  function blocks<T>(v4: readonly T[], v6: readonly T[]): readonly T[] {
    return ipv6 && random.chance(0.3) ? v6 : v4;
  }
  function cidrSet(): Item {
    const [cidr, inner] = random.pick(blocks(NESTED, NESTED_V6));
    if (random.chance(0.4)) return use("CIDRSet", { cidr });
    return use("CIDRSet except", { cidr, except: random.some(inner, 1, 2) });
  }
  function group(): Item {
    const except = random.chance(0.3) ? { except: ["10.1.2.0/24"] } : {};
    if (random.chance(0.6)) return use("cidrGroupRef", { cidrGroupRef: random.pick(["office", "partner"]), ...except });
    const selector = random.pick<Item>([
      { matchLabels: { zone: "a" } },
      { matchExpressions: [{ key: "site", operator: random.pick(["Exists", "DoesNotExist"]) }] },
      { matchExpressions: [{ key: "zone", operator: "NotIn", values: ["a"] }] },
      { matchLabels: { zone: "b", site: "x" } },
    ]);
    return use("cidrGroupSelector", { cidrGroupSelector: selector, ...except });
  }
  function service(): Item {
    if (random.chance(0.6)) {
      const namespace = random.chance(0.3) ? {} : { namespace: random.pick(NAMESPACES).name };
      return { k8sService: { serviceName: `svc${random.int(0, 2)}`, ...namespace } };
    }
    const selector = random.chance(0.3) ? {} : { matchLabels: { kind: random.pick(["internal", "external"]) } };
    return {
      k8sServiceSelector: { selector, ...(random.chance(0.5) ? { namespace: random.pick(NAMESPACES).name } : {}) },
    };
  }
  function use(tag: string, item: Item): Item {
    tags.add(tag);
    return item;
  }
}
