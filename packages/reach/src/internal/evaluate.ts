import type { Diagnostic } from "@idstack/manifests";
import type { FlowOptions } from "../flow.ts";
import type { Party, Port } from "../party.ts";
import type { FlowResult, PairVerdict, SideVerdict, Verdict } from "../result.ts";
import type { Member } from "./directory.ts";
import type { Decision, Engine } from "./engine.ts";
import type { PolicyEntry } from "./entry.ts";
import { warningsOf } from "./flow-warnings.ts";
import { hasReserved, type Identity } from "./identity.ts";
import type { Request } from "./matching.ts";
import type { Model } from "./model.ts";
import { formatPort, parsePort, rangesAt } from "./parse-port.ts";
import { partition } from "./partition.ts";
import { type ConcretePort, formatRange, ICMP, type PortRange, TRANSPORTS } from "./ports.ts";
import { formatParty, resolveParty } from "./resolve-party.ts";
import { describeSide } from "./side-text.ts";

export function evaluate(
  model: Model,
  from: Party,
  to: Party,
  port: Port | undefined,
  options: FlowOptions,
): FlowResult {
  const question = port === undefined ? undefined : parsePort(port);
  const request = requestOf(options, question?.protocols ?? []);
  const sources = resolveParty(from, "from", model);
  const destinations = resolveParty(to, "to", model);
  const pairs: PairVerdict[] = [];
  const warnings = new Map<string, Diagnostic>();
  for (const destination of destinations) {
    const { name } = destination.ref;
    const ranges = question === undefined ? undefined : rangesAt(question, name, destination.endpoint?.ports ?? []);
    for (const source of sources) {
      for (const { pair, egress } of pairVerdicts(model, source, destination, ranges, request)) {
        pairs.push(pair);
        for (const warning of warningsOf(model, source, destination, ranges, egress))
          warnings.set(JSON.stringify(warning), warning);
      }
    }
  }
  return {
    query: {
      from: formatParty(from),
      to: formatParty(to),
      port: port === undefined ? undefined : formatPort(port),
      ...(request.http === undefined ? {} : { http: request.http }),
      ...(request.dns === undefined ? {} : { dns: request.dns }),
    },
    verdict: overall(pairs),
    pairs,
    reasons: [...new Set(pairs.flatMap(decidingTexts))],
    warnings: [...model.general, ...warnings.values()],
  };
}

function requestOf({ http, dns }: FlowOptions, protocols: readonly string[]): Request {
  if (http !== undefined && dns !== undefined)
    throw new TypeError("a flow is about an HTTP request or a DNS query, not both");
  if (http !== undefined && (protocols.length !== 1 || protocols[0] !== "tcp"))
    throw new TypeError("an HTTP request needs a tcp port");
  if (http !== undefined && (http.method === "" || !http.path.startsWith("/"))) {
    throw new TypeError('an HTTP request needs a method and a path that starts with "/"');
  }
  if (dns !== undefined && protocols.some((protocol) => protocol !== "tcp" && protocol !== "udp")) {
    throw new TypeError("a DNS query needs a udp or tcp port");
  }
  if (dns !== undefined && protocols.length === 0) throw new TypeError("a DNS query needs a port: udp/53");
  return { ...(http === undefined ? {} : { http }), ...(dns === undefined ? {} : { dns }) };
}

/** Every distinct answer for one pair, with the ports it holds for. */
function pairVerdicts(
  model: Model,
  source: Member,
  destination: Member,
  ranges: readonly PortRange[] | undefined,
  request: Request,
): { readonly pair: PairVerdict; readonly egress: Decision }[] {
  const { engine } = model;
  const whole = ranges ?? everyPort(engine, source.identity, destination.identity);
  const groups = new Map<string, { ranges: PortRange[]; egress: Decision; ingress: Decision }>();
  const all = whole.flatMap((range) => partition(engine, source.identity, destination.identity, range));
  for (const part of all) {
    const port = { protocol: part.protocol, port: part.first };
    const { egress, ingress } = decideBoth(model, source.identity, destination.identity, port, request);
    const key = all.length === 1 ? "" : signature(engine, egress, ingress);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ranges: [part], egress, ingress });
    else extend(group.ranges, part);
  }
  return [...groups.values()].map(({ ranges: parts, egress, ingress }) => {
    const port = ranges === undefined && groups.size === 1 ? "any port" : parts.map(formatRange).join(", ");
    const sides = {
      egress: describeSide(egress, "egress", source, destination, port),
      ingress: describeSide(ingress, "ingress", source, destination, port),
    };
    return {
      pair: { from: source.ref, to: destination.ref, port, verdict: both(sides.egress, sides.ingress), ...sides },
      egress,
    };
  });
}

/** What each end decides about the other, as it sees it. */
function decideBoth(
  { engine, places }: Model,
  source: Identity,
  destination: Identity,
  port: ConcretePort,
  request: Request,
): { readonly egress: Decision; readonly ingress: Decision } {
  const nodes = source.kind === "node" && destination.kind === "node";
  if (nodes && hasReserved(source, "host") && hasReserved(destination, "host"))
    return { egress: LOOPBACK, ingress: LOOPBACK };
  const [from, to] = nodes ? [places.fromAfar(source), places.fromAfar(destination)] : [source, destination];
  return {
    egress: engine.decide(source, to, "egress", port, request),
    ingress: engine.decide(destination, from, "ingress", port, request),
  };
}

/** "Same node" at both ends is one machine. */
const LOOPBACK: Decision = {
  verdict: "allowed",
  reason: "not-enforced",
  rules: [],
  near: [],
  note: "what a node sends to itself passes no policy",
};

function everyPort(engine: Engine, source: Identity, destination: Identity): PortRange[] {
  const further = [engine.governing(source, "egress"), engine.governing(destination, "ingress")]
    .flatMap(({ entries }) => entries.flatMap(({ entry }) => (entry.ports === "any" ? [] : entry.ports)))
    .flatMap((rule) => rule.specs.map(({ protocol }) => protocol))
    .filter((protocol) => !TRANSPORTS.includes(protocol) && !ICMP.includes(protocol));
  return [
    ...TRANSPORTS.map((protocol) => ({ protocol, first: 1, last: 65535 })),
    ...ICMP.map((protocol) => ({ protocol, first: 0, last: 255 })),
    ...[...new Set(further)].map((protocol) => ({ protocol, first: 0, last: 0 })),
  ];
}

/** Equal for ports that are decided alike, by the same rules. */
function signature(engine: Engine, ...decisions: readonly Decision[]): string {
  const order = (entry: PolicyEntry): number => engine.order(entry);
  return JSON.stringify(
    decisions.map(({ verdict, reason, rules, near, proxy, note, byName }) => [
      verdict,
      reason,
      rules.map(order),
      near.map(order),
      proxy,
      note,
      byName,
    ]),
  );
}

function extend(ranges: PortRange[], part: PortRange): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.protocol === part.protocol && last.last + 1 === part.first) {
    ranges[ranges.length - 1] = { ...last, last: part.last };
  } else ranges.push(part);
}

function both(egress: SideVerdict, ingress: SideVerdict): PairVerdict["verdict"] {
  if (egress.verdict === "denied" || ingress.verdict === "denied") return "denied";
  return egress.verdict === "unknown" || ingress.verdict === "unknown" ? "unknown" : "allowed";
}

function overall(pairs: readonly PairVerdict[]): Verdict {
  const verdicts = new Set(pairs.map(({ verdict }) => verdict));
  if (verdicts.has("allowed") && verdicts.has("denied")) return "mixed";
  if (verdicts.has("unknown")) return "unknown";
  return verdicts.has("allowed") ? "allowed" : "denied";
}

/** The sides that settle a pair: the denying ones, or all where it is allowed. */
function decidingTexts({ verdict, egress, ingress }: PairVerdict): string[] {
  const sides = [egress, ingress];
  if (verdict === "allowed") return sides.filter(({ reason }) => reason !== "not-enforced").map(({ text }) => text);
  return sides.filter((side) => side.verdict === verdict).map(({ text }) => text);
}
