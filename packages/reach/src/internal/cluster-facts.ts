import type { ClusterFacts } from "../facts.ts";
import { type Address, type Cidr, contains, parseAddress, parseCidr } from "./ip.ts";

/** {@link ClusterFacts} with addresses parsed and defaults applied. */
export interface ResolvedFacts {
  readonly cni: "cilium" | "kubernetes";
  readonly mode: "default" | "always" | "never";
  readonly clusterName: string;
  readonly hostFirewall: boolean;
  readonly ipv6: boolean;
  readonly allServices: boolean;
  readonly apiServers: readonly Address[];
  readonly apiServerOnNode: boolean | undefined;
  readonly singleNode: boolean;
  readonly nodes: readonly Address[];
  readonly nodeCidrs: readonly Cidr[];
  readonly podCidrs: readonly Cidr[];
  readonly serviceCidrs: readonly Cidr[];
  readonly dns: ReadonlyMap<string, readonly Address[]>;
}

export function resolveFacts(facts: ClusterFacts, hasCiliumPolicies: boolean): ResolvedFacts {
  const apiServers = list(facts.apiServer).map((text) => address("apiServer", withoutPort(text)));
  const nodes = list(facts.nodes).map((text) => address("nodes", text));
  const nodeCidrs = list(facts.nodeCidr).map((text) => cidr("nodeCidr", text));
  const podCidrs = list(facts.podCidr).map((text) => cidr("podCidr", text));
  const isNode = (candidate: Address): boolean =>
    nodes.some((node) => node.value === candidate.value) || nodeCidrs.some((block) => contains(block, candidate));
  const derived = apiServers.length > 0 && apiServers.every(isNode) ? true : undefined;
  return {
    cni: facts.cni ?? (hasCiliumPolicies ? "cilium" : "kubernetes"),
    mode: facts.policyEnforcement ?? "default",
    clusterName: facts.clusterName ?? "default",
    hostFirewall: facts.hostFirewall ?? false,
    ipv6: facts.ipv6 ?? podCidrs.some((block) => block.family === 6),
    allServices: facts.allServices ?? false,
    apiServers,
    // Listed nodes are all nodes, so an API server that is none of them is outside.
    apiServerOnNode:
      facts.apiServerOnNode ?? derived ?? (nodes.length > 0 && apiServers.length > 0 ? false : undefined),
    singleNode: nodes.length === 1,
    nodes,
    nodeCidrs,
    podCidrs,
    serviceCidrs: list(facts.serviceCidr).map((text) => cidr("serviceCidr", text)),
    dns: new Map(
      Object.entries(facts.dns ?? {}).map(([name, texts]) => [
        dnsKey(name),
        texts.map((text) => address(`dns["${name}"]`, text)),
      ]),
    ),
  };
}

export function dnsKey(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

function withoutPort(text: string): string {
  const bracketed = /^\[(.+)\](?::\d+)?$/.exec(text);
  if (bracketed !== null) return bracketed[1] ?? text;
  return /^[^:]+:\d+$/.test(text) ? text.slice(0, text.indexOf(":")) : text;
}

function address(fact: string, text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new TypeError(`facts.${fact}: "${text}" is not an IP address`);
  return parsed;
}

function cidr(fact: string, text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new TypeError(`facts.${fact}: "${text}" is not a CIDR`);
  return parsed;
}
