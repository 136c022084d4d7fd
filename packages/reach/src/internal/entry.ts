import type { ManifestDocument, ObjectRef, Path } from "@idstack/manifests";
import type { NamePattern } from "./fqdn.ts";
import type { Identity } from "./identity.ts";
import type { Cidr } from "./ip.ts";
import type { PortRule } from "./ports.ts";
import type { Tri } from "./tri.ts";

export type Direction = "ingress" | "egress";

/** A policy object of the tree. */
export interface Policy {
  readonly ref: ObjectRef;
  readonly document: ManifestDocument;
}

/** Who stands on the other side. `key` is equal for two peers exactly when the engine merges them. */
export interface Peer {
  readonly key: string;
  /** Set for toFQDNs: the destination matches only if DNS taught the agent its address. */
  readonly fqdn?: NamePattern | undefined;
  /** Address blocks the peer tells apart; they cut the address space into parts with one verdict each. */
  readonly cidrs?: readonly Cidr[] | undefined;
  matches(identity: Identity): Tri;
}

/**
 * One rule item of any policy kind, reduced to what decides a flow: whom it governs, who is on the other side, which
 * ports, and the verdict.
 */
export interface PolicyEntry {
  readonly policy: Policy;
  /** Where the item stands, e.g. `["spec", "ingress", 0]`. */
  readonly path: Path;
  readonly direction: Direction;
  readonly action: "allow" | "deny";
  readonly subject: (identity: Identity) => Tri;
  /** Whether the item turns default deny on for those it governs. */
  readonly defaultDeny: boolean;
  /** `any` is everyone; an empty list is nobody. */
  readonly peers: readonly Peer[] | "any";
  /** `any` is every protocol including ICMP; an empty list is none. */
  readonly ports: readonly PortRule[] | "any";
  /** Mutual authentication demanded beside the verdict. */
  readonly authentication?: string | undefined;
  /** Set when the item holds a construct that this evaluator does not know: it may match anything. */
  readonly open?: string | undefined;
}
