import type { Cluster } from "./cluster.ts";
import { ReachError } from "./errors.ts";
import { type Expectation, explain, formatFlow, holds } from "./explain.ts";
import type { Flow } from "./flow.ts";
import { formatPort } from "./internal/parse-port.ts";
import { formatParty } from "./internal/resolve-party.ts";
import { formatRule } from "./internal/side-text.ts";
import type { RuleRef, Verdict } from "./result.ts";

/** Something that is said about a cluster and can be proved. */
export interface Claim {
  readonly text: string;
  /** What is expected, in the words of the table: `allowed`, `denied`, `default deny`. */
  readonly expected: string;
  /** Decides the claim; a {@link ReachError} becomes a failed proof. */
  readonly decide: (cluster: Cluster) => Finding;
}

/** What deciding a claim found. */
export interface Finding {
  readonly ok: boolean;
  readonly verdict: string;
  /** The rules that decide, without repetition. */
  readonly rules: readonly RuleRef[];
  /** For a failed claim: why, and what would fix it. */
  readonly explanation: string;
}

/** A claim with its proof or refutation. */
export interface ProvedClaim extends Finding {
  readonly text: string;
  readonly expected: string;
}

/** All claims of a table. */
export interface Proof {
  readonly ok: boolean;
  readonly claims: readonly ProvedClaim[];
}

/**
 * Claims that a flow is allowed or denied: for every concrete pair and, without a port, on every port.
 *
 * @example
 * ```ts
 * claim("web calls its API", flow("apps/web", "apps/api", "tcp/8080"), "allowed");
 * claim("nothing in apps reaches the metadata service", flow("apps/*", "ip:169.254.169.254"), "denied");
 * ```
 */
export function claim(text: string, flow: Flow, expected: Expectation): Claim {
  return {
    text,
    expected,
    decide: (cluster) => {
      const result = cluster.flow(flow);
      const sides = result.pairs.flatMap(({ egress, ingress }) => [egress, ingress]);
      const deciding = result.verdict === "denied" ? sides.filter((side) => side.verdict === "denied") : sides;
      const ok = holds(result, expected);
      return {
        ok,
        verdict: doubted(result.verdict, ok, expected),
        rules: distinct(deciding.flatMap(({ rules }) => rules)),
        explanation: ok ? "" : explain(result, expected),
      };
    },
  };
}

/**
 * Claims that default deny is on for every pod of a namespace (a name or a pattern, `"apps"`, `"*"`). A pod in the host
 * network breaks it, since no policy governs that.
 *
 * @example
 * ```ts
 * defaultDenied("apps", "both");
 * ```
 */
export function defaultDenied(namespace: string, direction: "ingress" | "egress" | "both" = "both"): Claim {
  const directions = direction === "both" ? (["ingress", "egress"] as const) : ([direction] as const);
  return {
    text: `every pod of ${namespace} is denied by default (${directions.join(", ")})`,
    expected: "default deny",
    decide: (cluster) => {
      const governed = cluster.policiesFor(`${namespace}/*`);
      const failing = governed.flatMap(({ party, defaultDeny, unenforced }) =>
        directions
          .filter((each) => defaultDeny[each] !== "on")
          .map(
            (each) =>
              `${party.name}: default deny for ${each} is ${defaultDeny[each]}${unenforced === undefined ? "" : ` (${unenforced})`}`,
          ),
      );
      const turning = governed.flatMap(({ policies }) =>
        policies.filter((each) => each.defaultDeny && directions.includes(each.direction as "ingress")),
      );
      return {
        ok: failing.length === 0,
        verdict: failing.length === 0 ? "default deny" : "not denied by default",
        rules: distinct(turning.map(({ rule }) => rule)),
        explanation: [
          ...failing,
          ...(failing.length === 0
            ? []
            : [`Add a policy to ${namespace} that selects every pod and lists both directions.`]),
        ].join("\n"),
      };
    },
  };
}

/**
 * Proves claims. A claim whose party selects nothing fails: it would be about nothing.
 *
 * @example
 * ```ts
 * const proof = proveClaims(cluster, [defaultDenied("apps"), claim("DNS", flow("*", "kube-system/coredns", "udp/53"), "allowed")]);
 * if (!proof.ok) process.exitCode = 1;
 * ```
 */
export function proveClaims(cluster: Cluster, claims: readonly Claim[]): Proof {
  const proved = claims.map(({ text, expected, decide }): ProvedClaim => {
    try {
      return { text, expected, ...decide(cluster) };
    } catch (error) {
      if (!(error instanceof ReachError)) throw error;
      return { text, expected, ok: false, verdict: error.code, rules: [], explanation: error.message };
    }
  });
  return { ok: proved.every(({ ok }) => ok), claims: proved };
}

/** The default text of a claim about a flow, where a caller has none of its own. */
export function describeFlow(flow: Flow): string {
  return formatFlow({
    from: formatParty(flow.from),
    to: formatParty(flow.to),
    port: flow.port === undefined ? undefined : formatPort(flow.port),
    http: flow.http,
    dns: flow.dns,
  });
}

function doubted(verdict: Verdict, ok: boolean, expected: Expectation): string {
  return !ok && verdict === expected ? `${verdict}, but in doubt` : verdict;
}

function distinct(rules: readonly RuleRef[]): RuleRef[] {
  return [...new Map(rules.map((rule) => [formatRule(rule), rule])).values()];
}
