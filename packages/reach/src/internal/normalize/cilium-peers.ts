import { closest, type Path } from "@idstack/manifests";
import type { Direction, Peer } from "../entry.ts";
import { hasReserved, isWorld } from "../identity.ts";
import { type Cidr, covers, parseCidr } from "../ip.ts";
import {
  cidrGroupPeer,
  cidrPeer,
  ENTITIES,
  type Entity,
  entityPeers,
  fqdnPeer,
  labelPeer,
  openPeer,
  wildcardPeer,
} from "../peers.ts";
import { type Requirement, selectorKey } from "../selector.ts";
import { and, NO, not, or, type Tri, YES } from "../tri.ts";
import { readName } from "./cilium-l7.ts";
import type { PolicyContext } from "./context.ts";
import { CIDR_SET } from "./known-fields.ts";
import { list, type Mapping, mapping, maps, RefusedPolicy, selector, text, texts } from "./read.ts";
import { scopePeer } from "./scope.ts";
import { readServices } from "./to-services.ts";

export interface PeerScope {
  readonly direction: Direction;
  readonly deny: boolean;
  /** Whether the policy selects initializing pods, which have no namespace to scope peers to. */
  readonly matchesInit: boolean;
}

const MEMBERS = ["Endpoints", "CIDR", "CIDRSet", "Entities", "Groups", "Nodes", "Services", "FQDNs"] as const;

/**
 * Reads the peers of one item. The engine's rules for empty and absent lists: a list of the first five kinds that is
 * present but empty selects nobody; no peers at all stand for everyone, but only if ports are given.
 */
export function readPeers(
  item: Mapping,
  path: Path,
  hasPorts: boolean,
  scope: PeerScope,
  context: PolicyContext,
): readonly Peer[] | "any" {
  const prefix = scope.direction === "ingress" ? "from" : "to";
  const at = (member: string): Path => [...path, `${prefix}${member}`];
  const given = (member: string): readonly unknown[] | undefined => list(item[`${prefix}${member}`], at(member));
  refuseCombinations(given, at);
  const guarded = ["Endpoints", "Nodes", "Entities", "CIDR", "CIDRSet"].some((member) => given(member)?.length === 0);
  const peers = [
    ...(maps(item[`${prefix}Endpoints`], at("Endpoints")) ?? []).map(({ item: raw, path: where }) =>
      labelPeer(scopePeer(selector(raw, where, "any"), context.namespace, scope.matchesInit, context.world.facts)),
    ),
    ...(texts(item[`${prefix}Entities`], at("Entities")) ?? []).flatMap((name, index) =>
      readEntity(name, [...at("Entities"), index], context),
    ),
    ...(texts(item[`${prefix}CIDR`], at("CIDR")) ?? []).map((cidr, index) =>
      cidrPeer(readCidr(cidr, [...at("CIDR"), index], true), [], context.world.facts),
    ),
    ...(maps(item[`${prefix}CIDRSet`], at("CIDRSet")) ?? []).map(({ item: raw, path: where }) =>
      readCidrSet(raw, where, context),
    ),
    ...readNodes(given("Nodes") ?? [], at("Nodes"), context),
    ...readGroups(given("Groups") ?? [], at("Groups"), context),
    ...(scope.direction === "egress" ? readServices(item["toServices"], at("Services"), scope, context) : []),
    ...(maps(item["toFQDNs"], at("FQDNs")) ?? []).map(({ item: raw, path: where }) =>
      fqdnPeer(readName(raw, where, context)),
    ),
  ];
  if (guarded) return [];
  if (peers.length > 0) return peers;
  return hasPorts ? "any" : [];
}

function refuseCombinations(
  given: (member: string) => readonly unknown[] | undefined,
  at: (member: string) => Path,
): void {
  if ((given("Requires")?.length ?? 0) > 0) throw new RefusedPolicy(at("Requires"), "was removed from Cilium");
  const used = MEMBERS.filter((member) => (given(member)?.length ?? 0) > 0);
  const [first, second] = used;
  if (first !== undefined && second !== undefined) {
    throw new RefusedPolicy(at(second), `cannot be combined with ${String(at(first).at(-1))} in one rule item`);
  }
}

function readEntity(name: string, path: Path, context: PolicyContext): readonly Peer[] {
  if (!(ENTITIES as readonly string[]).includes(name)) {
    const meant = closest(name, ENTITIES);
    throw new RefusedPolicy(
      path,
      `entity "${name}" does not exist${meant === undefined ? "" : `, did you mean "${meant}"?`}`,
    );
  }
  return entityPeers(name as Entity, context.world.facts);
}

function readCidr(raw: string, path: Path, bare: boolean): Cidr {
  const cidr = parseCidr(raw, { bare });
  if (cidr === undefined) throw new RefusedPolicy(path, `"${raw}" is not a CIDR`);
  return cidr;
}

function readCidrSet(raw: Mapping, path: Path, context: PolicyContext): Peer {
  context.onlyKnown(raw, CIDR_SET, path);
  const { facts, groups } = context.world;
  const cidr = text(raw["cidr"], [...path, "cidr"]) || undefined;
  const ref = text(raw["cidrGroupRef"], [...path, "cidrGroupRef"]) || undefined;
  const groupSelector = mapping(raw["cidrGroupSelector"], [...path, "cidrGroupSelector"]);
  const ways = [cidr, ref, groupSelector].filter((way) => way !== undefined).length;
  if (ways !== 1) throw new RefusedPolicy(path, "needs exactly one of cidr, cidrGroupRef, cidrGroupSelector");
  const except = (texts(raw["except"], [...path, "except"]) ?? []).map((block, index) =>
    readCidr(block, [...path, "except", index], false),
  );
  if (cidr !== undefined) {
    const block = readCidr(cidr, [...path, "cidr"], false);
    const outside = except.findIndex((inner) => !covers(block, inner));
    if (outside >= 0) throw new RefusedPolicy([...path, "except", outside], `lies outside ${cidr}`);
    return cidrPeer(block, except, facts);
  }
  if (ref !== undefined) {
    const found = groups.filter((group) => group.name === ref);
    const blocks = found.flatMap((group) => group.cidrs);
    if (found.length > 0) return cidrGroupPeer(ref, (inGroup) => inGroup(blocks), blocks, except, facts);
    context.diagnose(
      "unsupported-construct",
      "error",
      [...path, "cidrGroupRef"],
      `CiliumCIDRGroup ${ref} is not among the objects`,
    );
    return openPeer(`cidrgroup:${ref}`, isWorld);
  }
  const requirements = selector(groupSelector, [...path, "cidrGroupSelector"], "cidrgroup");
  if (requirements.length === 0 && except.length === 0) {
    // The engine knows selectors by their text, and an empty one is everyone to it, pods and nodes included.
    const help = "Name a label of the groups.";
    context.diagnose(
      "selects-everyone",
      "warning",
      [...path, "cidrGroupSelector"],
      "an empty selector is everyone to Cilium, not every group",
      help,
    );
    return wildcardPeer;
  }
  if (groups.length === 0) {
    const message = "no CiliumCIDRGroup is among the objects";
    context.diagnose("unsupported-construct", "error", [...path, "cidrGroupSelector"], message);
    return openPeer(`cidrgroups:${selectorKey(requirements)}`, isWorld);
  }
  const blocks = groups.flatMap((group) => group.cidrs);
  return cidrGroupPeer(
    selectorKey(requirements),
    (inGroup) => matchGroups(requirements, groups, inGroup),
    blocks,
    except,
    facts,
  );
}

/** An address carries the labels of every group it lies in; each requirement may be met by another group. */
function matchGroups(
  requirements: readonly Requirement[],
  groups: PolicyContext["world"]["groups"],
  inGroup: (cidrs: readonly Cidr[]) => Tri,
): Tri {
  let result: Tri = YES;
  for (const { key, operator, values } of requirements) {
    const wanted = operator === "Exists" || operator === "DoesNotExist" ? undefined : values;
    let met: Tri = NO;
    for (const group of groups) {
      const value = Object.hasOwn(group.labels, key) ? group.labels[key] : undefined;
      if (value !== undefined && (wanted === undefined || wanted.includes(value))) met = or(met, inGroup(group.cidrs));
    }
    result = and(result, operator === "In" || operator === "Exists" ? met : not(met));
  }
  return result;
}

function readNodes(nodes: readonly unknown[], path: Path, context: PolicyContext): readonly Peer[] {
  if (nodes.length === 0) return [];
  context.notEvaluated(path, "peers by node labels are not evaluated");
  return [openPeer("nodes", (identity) => hasReserved(identity, "remote-node"))];
}

function readGroups(groups: readonly unknown[], path: Path, context: PolicyContext): readonly Peer[] {
  if (groups.length === 0) return [];
  context.notEvaluated(path, "cloud provider groups are not evaluated");
  return [openPeer("groups", isWorld)];
}
