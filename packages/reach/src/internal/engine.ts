import type { ResolvedFacts } from "./cluster-facts.ts";
import type { Direction, PolicyEntry } from "./entry.ts";
import type { Governing } from "./governing.ts";
import { hasReserved, type Identity } from "./identity.ts";
import { findConflict } from "./l7-conflict.ts";
import { judge, type Match, matchesName, matchPeers, matchPorts, type Request } from "./matching.ts";
import type { ConcretePort, L7 } from "./ports.ts";
import { and, MAYBE, NO, not, or, type Tri, YES } from "./tri.ts";

/** What one side decides, and by which rules. */
export interface Decision {
  readonly verdict: "allowed" | "denied" | "unknown";
  readonly reason:
    | "not-enforced"
    | "no-policy"
    | "allow-rule"
    | "deny-rule"
    | "default-deny"
    | "default-allow"
    | "host-exception"
    | "open";
  readonly rules: readonly PolicyEntry[];
  readonly near: readonly PolicyEntry[];
  readonly proxy?: L7["parser"] | undefined;
  /** Why it is open, or why nothing is enforced. */
  readonly note?: string | undefined;
  /** Allowed only through names that DNS must have taught the agent. */
  readonly byName?: boolean | undefined;
}

/**
 * Decides flows over normalised rules. The order of policies never matters: any matching deny wins, then any matching
 * allow, then what default deny leaves. Everything is three-valued, so an unknown can only lead to `unknown`.
 */
export class Engine {
  readonly facts: ResolvedFacts;
  readonly #entries: readonly PolicyEntry[];
  readonly #order: ReadonlyMap<PolicyEntry, number>;
  readonly #governing = new Map<string, Governing>();
  readonly #conflicts = new Map<number, string | undefined>();
  readonly #decisions = new Map<string, Decision>();

  constructor(entries: readonly PolicyEntry[], facts: ResolvedFacts) {
    this.#entries = entries;
    this.#order = new Map(entries.map((entry, index) => [entry, index]));
    this.facts = facts;
  }

  /** Where an entry stands among all, to tell entries apart cheaply. */
  order(entry: PolicyEntry): number {
    return this.#order.get(entry) ?? -1;
  }

  governing(subject: Identity, direction: Direction): Governing {
    const key = `${direction}${subject.id}`;
    const known = this.#governing.get(key);
    if (known !== undefined) return known;
    const entries = this.#entries
      .filter((entry) => entry.direction === direction)
      .map((entry) => ({ entry, subject: entry.subject(subject) }))
      .filter((item) => item.subject !== NO);
    const denying = entries.filter(({ entry }) => entry.defaultDeny);
    const forced = this.facts.mode === "always" || hasReserved(subject, "init");
    const defaultDeny = forced ? YES : denying.reduce<Tri>((best, item) => or(best, item.subject), NO);
    const governing = { entries, defaultDeny, denyBy: denying.map(({ entry }) => entry) };
    this.#governing.set(key, governing);
    return governing;
  }

  /** Why the agent cannot compute a policy for this endpoint, if so. */
  conflict(subject: Identity): string | undefined {
    if (!this.#conflicts.has(subject.id)) {
      const found = (["ingress", "egress"] as const).map((direction) =>
        findConflict(this.governing(subject, direction)),
      );
      this.#conflicts.set(
        subject.id,
        found.find((text) => text !== undefined),
      );
    }
    return this.#conflicts.get(subject.id);
  }

  /** What `subject` decides about a flow from or to `peer`; the port is the destination's. */
  decide(subject: Identity, peer: Identity, direction: Direction, port: ConcretePort, request: Request = {}): Decision {
    const plain = request.http === undefined && request.dns === undefined;
    const key = plain ? `${direction}${subject.id},${peer.id},${port.protocol}${port.port}` : "";
    const known = this.#decisions.get(key);
    if (known !== undefined) return known;
    const decision = this.#decide(subject, peer, direction, port, request);
    if (plain) this.#decisions.set(key, decision);
    return decision;
  }

  #decide(subject: Identity, peer: Identity, direction: Direction, port: ConcretePort, request: Request): Decision {
    if (subject.unenforced !== undefined) return settled("allowed", "not-enforced", [], { note: subject.unenforced });
    if (this.facts.mode === "never")
      return settled("allowed", "not-enforced", [], { note: "policy enforcement is off" });
    // Without a policy the agent cannot compute, the endpoint has none in either direction.
    const conflict = this.conflict(subject);
    if (conflict !== undefined) return settled("unknown", "open", [], { note: conflict });
    const governing = this.governing(subject, direction);
    const { entries, defaultDeny, denyBy } = governing;
    if (entries.length === 0 && defaultDeny === NO) return settled("allowed", "no-policy", []);
    const destination = direction === "ingress" ? subject : peer;
    const matches: Match[] = [];
    const near: PolicyEntry[] = [];
    for (const { entry, subject: selected } of entries) {
      const l3 = and(selected, matchPeers(entry, peer));
      if (l3 === NO) continue;
      const found = matchPorts(entry, destination, port);
      if (found.length === 0) near.push(entry);
      for (const { l4, rule } of found) matches.push({ entry, rule, match: and(l3, l4) });
    }
    const { denies, allows } = judge(matches, request, near);

    const deny = best(denies);
    if (deny === YES) return settled("denied", "deny-rule", withMatch(denies, YES));
    // What remains in the last tier, below every rule: the local node's exception, and no default deny at all.
    const exempt = direction === "ingress" && subject.kind !== "node" ? exemption(governing, peer) : NO;
    const base = or(exempt, not(defaultDeny));
    const allow = or(best(allows), base);
    if (allow === NO) return settled("denied", "default-deny", denyBy, { near: near.filter(isAllow) });
    if (deny === MAYBE || allow === MAYBE) {
      const open = [...denies, ...allows].filter(({ match }) => match === MAYBE).map(({ entry }) => entry);
      return settled("unknown", "open", [...new Set(open.length > 0 ? open : denyBy)], { note: openNote(open) });
    }
    if (best(allows) < YES)
      return settled("allowed", exempt === YES && defaultDeny !== NO ? "host-exception" : "default-allow", []);
    return this.#allowed(withMatchPairs(allows), peer, base);
  }

  #allowed(allows: readonly Match[], peer: Identity, base: Tri): Decision {
    const restricted = allows.every(({ rule }) => rule?.l7 !== undefined) && base < YES;
    const byName = peer.fqdn !== undefined && base < YES && allows.every(({ entry }) => isByName(entry, peer));
    return settled("allowed", "allow-rule", [...new Set(allows.map(({ entry }) => entry))], {
      ...(restricted ? { proxy: allows[0]?.rule?.l7?.parser } : {}),
      ...(byName ? { byName } : {}),
    });
  }

  /** Whether some rule lets this endpoint ask a DNS server for the name through the proxy that learns addresses. */
  learnsName(subject: Identity, name: string): boolean {
    return this.governing(subject, "egress").entries.some(({ entry }) => {
      if (entry.action !== "allow" || entry.ports === "any" || (entry.peers !== "any" && entry.peers.length === 0))
        return false;
      return entry.ports.some(({ l7 }) => matchesName(l7?.dns ?? [], name));
    });
  }
}

/** The local node may reach pods that some rule governs; without any rule, mode `always` keeps even the node out. */
function exemption({ entries, defaultDeny }: Governing, peer: Identity): Tri {
  if (!hasReserved(peer, "host") || entries.length === 0) return NO;
  const governed = entries.some(({ subject }) => subject === YES);
  // Where only these rules could turn default deny on, either they do and except the node, or nothing is denied.
  return governed || defaultDeny !== YES ? YES : MAYBE;
}

function isByName(entry: PolicyEntry, peer: Identity): boolean {
  if (entry.peers === "any") return false;
  return entry.peers.every((candidate) => candidate.matches(peer) !== YES || candidate.fqdn !== undefined);
}

function isAllow(entry: PolicyEntry): boolean {
  return entry.action === "allow";
}

function best(matches: readonly Match[]): Tri {
  return matches.reduce<Tri>((result, { match }) => or(result, match), NO);
}

function withMatch(matches: readonly Match[], wanted: Tri): PolicyEntry[] {
  return [...new Set(matches.filter(({ match }) => match === wanted).map(({ entry }) => entry))];
}

function withMatchPairs(matches: readonly Match[]): Match[] {
  return matches.filter(({ match }) => match === YES);
}

function openNote(entries: readonly PolicyEntry[]): string {
  return (
    entries.find(({ open }) => open !== undefined)?.open ??
    "an address, label, name or request detail it needs is not known"
  );
}

function settled(
  verdict: Decision["verdict"],
  reason: Decision["reason"],
  rules: readonly PolicyEntry[],
  more: Partial<Decision> = {},
): Decision {
  return { verdict, reason, rules, near: [], ...more };
}
