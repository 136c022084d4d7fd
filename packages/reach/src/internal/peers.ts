import type { ResolvedFacts } from "./cluster-facts.ts";
import type { Peer } from "./entry.ts";
import type { NamePattern } from "./fqdn.ts";
import { hasReserved, type Identity, isWorld, lookup } from "./identity.ts";
import { type Cidr, contains, covers, overlaps } from "./ip.ts";
import { CLUSTER_KEY } from "./labels.ts";
import { equals, exists, matchRequirements, type Requirement, selectorKey } from "./selector.ts";
import { and, MAYBE, NO, not, type Tri, tri, YES } from "./tri.ts";

export const ENTITIES = [
  "all",
  "world",
  "world-ipv4",
  "world-ipv6",
  "cluster",
  "cluster-mesh",
  "host",
  "remote-node",
  "kube-apiserver",
  "ingress",
  "init",
  "health",
  "unmanaged",
  "none",
] as const;

/** The entities of Cilium's policy language. */
export type Entity = (typeof ENTITIES)[number];

export function labelPeer(requirements: readonly Requirement[]): Peer {
  return { key: selectorKey(requirements), matches: (identity) => matchRequirements(requirements, identity) };
}

export const wildcardPeer: Peer = labelPeer([]);

/** A peer that nobody can decide from the documents. */
export function openPeer(key: string, among: (identity: Identity) => boolean = () => true): Peer {
  return { key: `open:${key}`, matches: (identity) => (among(identity) ? MAYBE : NO) };
}

const reserved = (name: string): Peer => labelPeer([equals("reserved", name, "")]);

/** Selects nobody; rules for it are never merged with others. */
export const nonePeer: Peer = reserved("none");

const IN_CLUSTER = ["host", "remote-node", "init", "ingress", "health", "unmanaged", "kube-apiserver"];

/** The selectors behind an entity. An external API server is "cluster" too, because its label is in the set. */
export function entityPeers(entity: Entity, facts: ResolvedFacts): readonly Peer[] {
  if (entity === "all") return [wildcardPeer];
  if (entity === "world") return ["world", "world-ipv4", "world-ipv6"].map(reserved);
  if (entity === "cluster")
    return [...IN_CLUSTER.map(reserved), labelPeer([equals("k8s", CLUSTER_KEY, facts.clusterName)])];
  if (entity === "cluster-mesh") return [...IN_CLUSTER.map(reserved), labelPeer([exists("any", CLUSTER_KEY)])];
  return [reserved(entity)];
}

/** A CIDR rule as Cilium reads it: only what lies outside the cluster can match, never pods or nodes. */
export function cidrPeer(cidr: Cidr, except: readonly Cidr[], facts: ResolvedFacts): Peer {
  return {
    key: `cidr:${cidr.text}-${except.map((block) => block.text).sort()}`,
    cidrs: [cidr, ...except],
    matches: (identity) => {
      if (!isWorld(identity)) return NO;
      return and(inBlock(cidr, identity, facts), not(inAny(except, identity, facts)));
    },
  };
}

/** Labels of CiliumCIDRGroups, as the engine puts them on the addresses inside. */
export function cidrGroupPeer(
  key: string,
  matchesGroups: (inGroup: (cidrs: readonly Cidr[]) => Tri) => Tri,
  groups: readonly Cidr[],
  except: readonly Cidr[],
  facts: ResolvedFacts,
): Peer {
  return {
    key: `cidrgroup:${key}-${except.map((block) => block.text).sort()}`,
    cidrs: [...groups, ...except],
    matches: (identity) => {
      if (!isWorld(identity)) return NO;
      return and(
        matchesGroups((cidrs) => inAny(cidrs, identity, facts)),
        not(inAny(except, identity, facts)),
      );
    },
  };
}

/**
 * An `ipBlock` as plugins without identities read it: by address, whoever has it. Pod addresses are known only as a
 * range, so a block that cuts through it stays open.
 */
export function ipBlockPeer(cidr: Cidr, except: readonly Cidr[], facts: ResolvedFacts): Peer {
  return {
    key: `ipblock:${cidr.text}-${except.map((block) => block.text).sort()}`,
    cidrs: [cidr, ...except],
    matches: (identity) => {
      if (identity.kind === "pod") return podsInBlock(cidr, except, facts.podCidrs);
      const block = identity.address === undefined ? MAYBE : inBlock(cidr, identity, facts);
      return and(block, not(inAny(except, identity, facts)));
    },
  };
}

export function fqdnPeer(pattern: NamePattern): Peer {
  return {
    key: `fqdn:${pattern.text}`,
    fqdn: pattern,
    matches: (identity) => tri(identity.fqdn !== undefined && pattern.matches(identity.fqdn)),
  };
}

function inAny(cidrs: readonly Cidr[], identity: Identity, facts: ResolvedFacts): Tri {
  let best: Tri = NO;
  for (const cidr of cidrs) {
    const match = inBlock(cidr, identity, facts);
    if (match > best) best = match;
  }
  return best;
}

function inBlock(cidr: Cidr, identity: Identity, facts: ResolvedFacts): Tri {
  // A /0 is the world label of its family, which is what an address outside always carries.
  if (cidr.bits === 0 && isWorld(identity)) {
    const label = cidr.family === 6 ? "world-ipv6" : facts.ipv6 ? "world-ipv4" : "world";
    return tri(hasReserved(identity, label));
  }
  if (identity.address !== undefined) return tri(contains(cidr, identity.address));
  const otherFamily = lookup(identity, "reserved", cidr.family === 4 ? "world-ipv6" : "world-ipv4") !== undefined;
  return otherFamily ? NO : MAYBE;
}

function podsInBlock(cidr: Cidr, except: readonly Cidr[], podCidrs: readonly Cidr[]): Tri {
  if (podCidrs.length === 0) return cidr.bits === 0 && except.length === 0 ? YES : MAYBE;
  const inside = podCidrs.filter((pods) => pods.family === cidr.family);
  if (inside.every((pods) => !overlaps(cidr, pods) || except.some((block) => covers(block, pods)))) return NO;
  if (inside.every((pods) => covers(cidr, pods) && !except.some((block) => overlaps(block, pods)))) return YES;
  return MAYBE;
}
