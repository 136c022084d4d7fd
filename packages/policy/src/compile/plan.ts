import type { AllowIntent } from "../intents/allow.ts";
import type { HttpRule } from "../intents/http.ts";
import type { Intent } from "../intents/intent.ts";
import { type PodsPeer, peerSlug, type ResolvedPeer } from "../intents/peer.ts";
import type { PortRange } from "../intents/ports.ts";
import { bounded, shortHash } from "../internal/names.ts";

export type Direction = "ingress" | "egress";

/** One allow of a policy, in terms every target can be asked about. */
export interface PlannedRule {
  readonly peer: ResolvedPeer;
  readonly ports: "all" | readonly PortRange[];
  readonly http: readonly HttpRule[];
  /** Names that may be asked for when this rule leads to the resolver. */
  readonly dnsNames: readonly string[];
  /** Position of the intent it came from. */
  readonly intent: number;
}

/** One object to be: what it selects and what it says, before a target gives it a form. */
export interface PlannedPolicy {
  readonly namespace: string;
  readonly name: string;
  readonly subject: PodsPeer;
  /** Present directions are isolated; an empty list lets nothing through. */
  readonly ingress?: readonly PlannedRule[];
  readonly egress?: readonly PlannedRule[];
  readonly intents: readonly number[];
}

interface Draft {
  readonly namespace: string;
  readonly base: string;
  /** Tells drafts apart that would have the same name. */
  readonly key: string;
  readonly subject: PodsPeer;
  readonly rules: Map<Direction, PlannedRule[]>;
  readonly intents: number[];
}

/** One policy per subject, peer and direction: removing an intent removes its objects and touches no other. */
export function plan(intents: readonly Intent[]): PlannedPolicy[] {
  const drafts = new Map<string, Draft>();
  for (const [index, intent] of intents.entries()) {
    for (const part of parts(intent, index)) {
      const id = `${part.namespace}/${part.base}/${part.key}`;
      const draft = drafts.get(id);
      if (draft === undefined) drafts.set(id, part);
      else merge(draft, part);
    }
  }
  const count = new Map<string, number>();
  for (const { namespace, base } of drafts.values()) {
    const name = `${namespace}/${bounded(base)}`;
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  return [...drafts.values()].map(({ namespace, base, key, subject, rules, intents: sources }) => {
    const clash = (count.get(`${namespace}/${bounded(base)}`) ?? 0) > 1;
    const name = clash ? bounded(`${base}-${shortHash(key)}`) : bounded(base);
    return { namespace, name, subject, ...Object.fromEntries(rules), intents: sources };
  });
}

function parts(intent: Intent, index: number): Draft[] {
  switch (intent.intent) {
    case "default-deny": {
      const directions = (["ingress", "egress"] as const).filter((direction) => intent[direction]);
      const rules = new Map(directions.map((direction) => [direction, []]));
      return [{ ...everyPod(intent.namespace), base: "default-deny", key: "", rules, intents: [index] }];
    }
    case "dns": {
      const ports = (["UDP", "TCP"] as const).map((protocol) => ({ protocol, port: intent.port }));
      const rule = { peer: intent.resolver, ports, http: [], dnsNames: intent.names, intent: index };
      const rules = new Map([["egress" as const, [rule]]]);
      const key = JSON.stringify([intent.resolver, intent.port]);
      return [{ ...everyPod(intent.namespace), base: "allow-dns", key, rules, intents: [index] }];
    }
    case "allow":
      return [...allowSide(intent, index, "egress"), ...allowSide(intent, index, "ingress")];
  }
}

function everyPod(namespace: string) {
  return { namespace, subject: { kind: "pods", namespace, labels: undefined } } as const;
}

function allowSide(intent: AllowIntent, index: number, direction: Direction): Draft[] {
  const [subject, peer] = direction === "egress" ? [intent.from, intent.to] : [intent.to, intent.from];
  if (subject.kind !== "pods" || (intent.sides !== "both" && intent.sides !== direction)) return [];
  // HTTP is read once, at the destination; only where that has no policy of its own is it read at the source.
  const readsHttp = direction === "ingress" || intent.to.kind !== "pods" || intent.sides === "egress";
  const rule = { peer, ports: intent.ports, http: readsHttp ? intent.http : [], dnsNames: [], intent: index };
  const place = peer.kind === "pods" ? `${peer.namespace}-` : "";
  return [
    {
      namespace: subject.namespace,
      base: `${peerSlug(subject)}-${direction === "egress" ? "to" : "from"}-${place}${peerSlug(peer)}`,
      key: JSON.stringify([subject, peer]),
      subject,
      rules: new Map([[direction, [rule]]]),
      intents: [index],
    },
  ];
}

function merge(draft: Draft, part: Draft): void {
  for (const [direction, rules] of part.rules) {
    const known = draft.rules.get(direction) ?? [];
    const seen = new Set(known.map(content));
    draft.rules.set(direction, [...known, ...rules.filter((rule) => !seen.has(content(rule)))]);
  }
  draft.intents.push(...part.intents);
}

function content({ intent: _, ...rule }: PlannedRule): string {
  return JSON.stringify(rule);
}
