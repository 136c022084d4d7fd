import type { Endpoint } from "../endpoint.ts";
import type { PartyRef, RuleRef } from "../result.ts";
import type { Member } from "./directory.ts";
import type { Direction } from "./entry.ts";
import type { Model } from "./model.ts";
import { ruleRef } from "./side-text.ts";
import { MAYBE, NO, type Tri, YES } from "./tri.ts";

/** A policy rule that governs an endpoint. */
export interface GoverningPolicy {
  readonly rule: RuleRef;
  readonly direction: Direction;
  readonly action: "allow" | "deny";
  /** Whether this rule turns default deny on. */
  readonly defaultDeny: boolean;
  /** False when it depends on something unknown whether the rule selects the endpoint. */
  readonly certain: boolean;
}

/** What governs one endpoint. */
export interface Governance {
  readonly party: PartyRef;
  readonly endpoint: Endpoint | undefined;
  readonly policies: readonly GoverningPolicy[];
  readonly defaultDeny: { readonly ingress: "on" | "off" | "unknown"; readonly egress: "on" | "off" | "unknown" };
  /** Why no policy can govern it, e.g. pods in the host network. */
  readonly unenforced: string | undefined;
}

export function governanceOf(model: Model, members: readonly Member[]): Governance[] {
  return members.map(({ ref, identity, endpoint }) => {
    const off = identity.unenforced ?? (model.facts.mode === "never" ? "policy enforcement is off" : undefined);
    const state = (direction: Direction): "on" | "off" | "unknown" =>
      off === undefined ? word(model.engine.governing(identity, direction).defaultDeny) : "off";
    return {
      party: ref,
      endpoint,
      policies: (["ingress", "egress"] as const).flatMap((direction) =>
        model.engine.governing(identity, direction).entries.map(({ entry, subject }) => ({
          rule: ruleRef(entry),
          direction,
          action: entry.action,
          defaultDeny: entry.defaultDeny,
          certain: subject === YES && entry.open === undefined,
        })),
      ),
      defaultDeny: { ingress: state("ingress"), egress: state("egress") },
      unenforced: off,
    };
  });
}

function word(value: Tri): "on" | "off" | "unknown" {
  return value === NO ? "off" : value === MAYBE ? "unknown" : "on";
}
