import type { Claim, Finding } from "./claims.ts";
import type { Cluster } from "./cluster.ts";
import { explain } from "./explain.ts";
import { flow } from "./flow.ts";
import { formatPort } from "./internal/parse-port.ts";
import { formatParty } from "./internal/resolve-party.ts";
import { formatRule } from "./internal/side-text.ts";
import type { Party, Port } from "./party.ts";
import type { FlowResult, PairVerdict, RuleRef } from "./result.ts";

/** A destination and the ports of it that are meant. */
export interface Destination {
  readonly to: Party;
  readonly port: Port;
}

/**
 * Claims that exactly these sources reach a destination on a port: each of them does, and no other pod and nobody
 * outside the cluster does. Nodes are left aside, since each may always enter its own pods (kubelet probes).
 *
 * @example
 * ```ts
 * reachedOnlyBy("security/authentik-db", "tcp/5432", ["security/authentik-server", "security/authentik-db"]);
 * ```
 */
export function reachedOnlyBy(to: Party, port: Port, sources: readonly Party[], text?: string): Claim {
  return {
    text: text ?? `only ${sources.map(formatParty).join(", ")} reach ${formatParty(to)} ${formatPort(port)}`,
    expected: "only these",
    decide: (cluster) => {
      const meant = sources.map((from) => cluster.flow(flow(from, to, port)));
      const names = new Set(meant.flatMap(({ pairs }) => pairs.map(({ from }) => from.name)));
      const others = [cluster.flow(flow("*", to, port)), cluster.flow(flow("entity:world", to, port))];
      const intruding = others
        .flatMap(({ pairs }) => pairs)
        .filter(({ from, verdict }) => from.kind !== "node" && !names.has(from.name) && verdict !== "denied");
      return finding(meant, intruding, others);
    },
  };
}

/**
 * Claims that pods reach exactly these destinations: each of them, and no other pod, port, node or address outside.
 *
 * @example
 * ```ts
 * reachesOnly("apps/web", [{ to: "apps/api", port: "tcp/8443" }, { to: "kube-system/coredns", port: "udp/53" }]);
 * ```
 */
export function reachesOnly(from: Party, destinations: readonly Destination[], text?: string): Claim {
  return {
    text:
      text ??
      `${formatParty(from)} reaches only ${destinations.map(({ to, port }) => `${formatParty(to)} ${formatPort(port)}`).join(", ")}`,
    expected: "only these",
    decide: (cluster) => {
      const meant = destinations.map(({ to, port }) => cluster.flow(flow(from, to, port)));
      const declared = new Set(meant.flatMap(({ pairs }) => pairs.flatMap(connections)));
      const others = everywhere(cluster, from);
      const straying = others
        .flatMap(({ pairs }) => pairs)
        .filter((pair) => pair.verdict !== "denied" && !connections(pair).every((each) => declared.has(each)));
      return finding(meant, straying, others);
    },
  };
}

function everywhere(cluster: Cluster, from: Party): FlowResult[] {
  // Pods in the host network stand only in the first, everything that is no pod only in the second.
  return ["*", "entity:all"].map((to) => cluster.flow(flow(from, to)));
}

/** One text per port of a pair. A name outside the cluster is the same as destination and as part of the world. */
function connections({ from, to, port }: PairVerdict): string[] {
  const name = /^entity:world \(the name (.+)\)$/.exec(to.name)?.[1];
  const target = name === undefined ? to.name : `fqdn:${name}`;
  return port.split(", ").map((each) => `${from.name} → ${target} ${each}`);
}

function finding(
  meant: readonly FlowResult[],
  unwanted: readonly PairVerdict[],
  others: readonly FlowResult[],
): Finding {
  const missing = meant.filter(({ verdict }) => verdict !== "allowed");
  const doubts = [...meant, ...others].flatMap(({ warnings }) =>
    warnings.filter(({ severity }) => severity === "error"),
  );
  const ok = missing.length === 0 && unwanted.length === 0 && doubts.length === 0;
  const allowed = meant
    .flatMap(({ pairs }) => pairs)
    .flatMap(({ egress, ingress }) => [...egress.rules, ...ingress.rules]);
  return {
    ok,
    verdict: ok
      ? "only these"
      : missing.length > 0
        ? "not all of these"
        : unwanted.length > 0
          ? "others too"
          : "in doubt",
    rules: distinct(
      unwanted.length > 0 ? unwanted.flatMap(({ egress, ingress }) => [...egress.rules, ...ingress.rules]) : allowed,
    ),
    explanation: [
      ...missing.map((result) => explain(result, "allowed")),
      ...new Set(
        unwanted.map(
          ({ from, to, port, verdict }) => `${from.name} → ${to.name} ${port}: ${verdict}, and not in the list`,
        ),
      ),
      ...doubts.map(({ message }) => message),
    ].join("\n"),
  };
}

function distinct(rules: readonly RuleRef[]): RuleRef[] {
  return [...new Map(rules.map((rule) => [formatRule(rule), rule])).values()];
}
