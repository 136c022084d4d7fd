import { formatRule } from "./internal/side-text.ts";
import type { FlowQuery, FlowResult, PairVerdict, PartyRef, SideVerdict, Verdict } from "./result.ts";

/** What a claim can expect of a flow. */
export type Expectation = "allowed" | "denied";

/**
 * Whether an answer proves an expectation: the verdict is exactly that (neither `mixed` nor `unknown`), and no finding
 * of severity `error` casts doubt on it.
 */
export function holds(result: FlowResult, expected: Expectation): boolean {
  return result.verdict === expected && !result.warnings.some(({ severity }) => severity === "error");
}

/** Writes a question in one line: `apps/web → apps/api tcp/8080 GET /v1`. */
export function formatFlow(query: FlowQuery): string {
  const http = query.http === undefined ? "" : ` ${query.http.method} ${query.http.host ?? ""}${query.http.path}`;
  const dns = query.dns === undefined ? "" : ` asking for ${query.dns}`;
  return `${query.from} → ${query.to} ${query.port ?? "any port"}${http}${dns}`;
}

/**
 * Explains an answer to people: the flow, the deciding rules with their places, what casts doubt on it, and, if it is
 * not what was expected, what would change it.
 */
export function explain(result: FlowResult, expected?: Expectation): string {
  const lines = [`${formatFlow(result.query)}: ${result.verdict}${verdictNote(result.verdict)}`];
  const offending = expected === undefined ? result.pairs : result.pairs.filter(({ verdict }) => verdict !== expected);
  const shown = offending.slice(0, SHOWN);
  for (const pair of shown)
    lines.push(`  ${pair.from.name} → ${pair.to.name} ${pair.port}: ${pair.verdict}`, ...sideLines(pair));
  if (offending.length > shown.length) lines.push(`  … and ${offending.length - shown.length} more pairs`);
  for (const { severity, message, file, line, help } of result.warnings) {
    const place = file === undefined ? "" : ` (${file}${line === undefined ? "" : `:${line}`})`;
    lines.push(`  ${severity}: ${message}${place}`);
    if (help !== undefined) lines.push(`    ${help}`);
  }
  if (expected !== undefined && !holds(result, expected)) {
    const fixes = [...new Set(shown.flatMap((pair) => fixesFor(pair, expected, result.query)))];
    if (fixes.length > 0) lines.push("  What would fix it:", ...fixes.map((fix) => `  - ${fix}`));
  }
  return lines.join("\n");
}

const SHOWN = 8;

function verdictNote(verdict: Verdict): string {
  if (verdict === "mixed") return " (some pairs or ports are allowed, others denied)";
  return verdict === "unknown" ? " (the manifests and facts do not settle it)" : "";
}

function sideLines(pair: PairVerdict): string[] {
  return [pair.egress, pair.ingress].flatMap((side) => [
    `    ${side.text}`,
    ...side.near.slice(0, 2).map((rule) => `      close, but for other ports or requests: ${formatRule(rule)}`),
  ]);
}

function fixesFor(pair: PairVerdict, expected: Expectation, query: FlowQuery): string[] {
  if (pair.verdict === "unknown") return ["give the missing fact, label or request detail named above"];
  const sides = [pair.egress, pair.ingress];
  if (expected === "denied") return denyFixes(pair, sides);
  return sides.filter((side) => side.verdict === "denied").map((side) => allowFix(pair, side, query));
}

function allowFix(pair: PairVerdict, side: SideVerdict, query: FlowQuery): string {
  const [subject, peer] = side.direction === "egress" ? [pair.from, pair.to] : [pair.to, pair.from];
  if (side.reason === "deny-rule")
    return `narrow or remove ${side.rules.map(formatRule).join(", ")}: a deny beats every allow`;
  const key = side.direction === "egress" ? "to" : "from";
  const request = query.http === undefined ? "" : `, letting ${query.http.method} ${query.http.path} pass`;
  const near = side.near[0];
  const where =
    near === undefined
      ? `in a policy that selects ${subject.name}, allow ${side.direction}`
      : `extend ${formatRule(near)}`;
  return `${where}: ${key}${peerWords(peer)} on ${pair.port}${request}`;
}

function peerWords(peer: PartyRef): string {
  if (peer.kind === "pod") return `Endpoints ${peer.name} (labels ${labelWords(peer)})`;
  if (peer.name.startsWith("entity:")) return `Entities ${peer.name.slice("entity:".length).replace(/ \(.*$/, "")}`;
  if (peer.name.startsWith("fqdn:")) return `FQDNs ${peer.name.slice("fqdn:".length)}`;
  if (peer.kind === "node") return "Entities host and remote-node";
  return `CIDR ${peer.name.replace(/^(ip|cidr):/, "")}`;
}

function labelWords(peer: PartyRef): string {
  const entries = Object.entries(peer.labels ?? {}).slice(0, 2);
  return entries.length === 0 ? "none" : entries.map(([key, value]) => `${key}=${value}`).join(", ");
}

function denyFixes(pair: PairVerdict, sides: readonly SideVerdict[]): string[] {
  const allowing = sides.filter(({ reason }) => reason === "allow-rule").flatMap(({ rules }) => rules);
  const open = sides.filter(({ reason }) => reason === "no-policy" || reason === "default-allow");
  return [
    ...open.map(({ direction }) => {
      const subject = direction === "egress" ? pair.from : pair.to;
      return `turn default deny on for ${direction} of ${subject.name} (no policy does)`;
    }),
    ...(allowing.length === 0 ? [] : [`narrow or remove ${[...new Set(allowing.map(formatRule))].join(", ")}`]),
    ...(sides.some(({ reason }) => reason === "host-exception")
      ? ["a node always reaches its own pods; only an explicit deny of entity host stops it"]
      : []),
  ];
}
