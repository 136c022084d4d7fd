import type { CiliumSide } from "@idstack/tool-real";
import type { SideVerdict } from "../src/index.ts";
import type { CiliumPair } from "./ask-cilium.ts";
import type { ReachPair } from "./ask-reach.ts";

/** One side of one pair, decided by both engines. */
export interface Compared {
  readonly pair: ReachPair;
  readonly direction: "egress" | "ingress";
  readonly reach: SideVerdict;
  readonly cilium: CiliumSide;
  /** What differs, undefined when nothing does. */
  readonly difference: string | undefined;
}

export function compare(pairs: readonly ReachPair[], judged: readonly CiliumPair[]): Compared[] {
  return pairs.flatMap((pair, index) =>
    (["egress", "ingress"] as const).flatMap((direction) => {
      const cilium = judged[index]?.[direction];
      if (cilium === undefined || isUnjudged(pair, cilium)) return [];
      const reach = pair[direction];
      return [{ pair, direction, reach, cilium, difference: difference(reach, cilium, pair.flow.http !== undefined) }];
    }),
  );
}

/** An HTTP request that the engine would hand to the DNS proxy. */
function isUnjudged({ flow }: ReachPair, { redirect, httpAllowed }: CiliumSide): boolean {
  return flow.http !== undefined && redirect === true && httpAllowed === undefined;
}

/** What Cilium decides in the end, its proxy included. */
export function verdictOf(cilium: CiliumSide): "allowed" | "denied" | "unknown" {
  if (cilium.failed === true) return "unknown";
  return cilium.allowed && cilium.httpAllowed !== false ? "allowed" : "denied";
}

function difference(reach: SideVerdict, cilium: CiliumSide, request: boolean): string | undefined {
  const verdict = verdictOf(cilium);
  if (reach.verdict !== verdict) return `${reach.verdict} instead of ${verdict}`;
  if (!cilium.enforced && reach.reason !== "not-enforced") return `${reach.reason} where nothing is enforced`;
  if (cilium.failed === true || reach.reason === "not-enforced" || request) return undefined;
  return ruleDifference(reach, cilium);
}

/** The engine names the rules of the map entry that won; ours names every rule that decides alike, so at least those. */
function ruleDifference(reach: SideVerdict, { rules }: CiliumSide): string | undefined {
  const [first] = rules;
  if (first === undefined) {
    const silent = ["default-deny", "no-policy"].includes(reach.reason);
    return silent ? undefined : `${reach.reason}, but the engine names no rule`;
  }
  if (first === "default-allow" || first === "host-exception") {
    const silent = first === "default-allow" && reach.reason === "no-policy";
    return silent || reach.reason === first ? undefined : `${reach.reason} instead of ${first}`;
  }
  if (reach.reason !== "allow-rule" && reach.reason !== "deny-rule") return `${reach.reason}, but ${first} decides`;
  const named = new Set(reach.rules.map(ruleName));
  const missing = rules.filter((rule) => !named.has(rule));
  return missing.length === 0 ? undefined : `${missing.join(", ")} not named, but ${[...named].join(", ")}`;
}

export function ruleName({ policy, path }: SideVerdict["rules"][number]): string {
  const name = policy.namespace === undefined ? policy.name : `${policy.namespace}/${policy.name}`;
  return `${policy.kind} ${name} ${path}`;
}
