import type { PolicyEntry } from "./entry.ts";
import type { NamePattern } from "./fqdn.ts";
import { type HttpRequest, matchHttp } from "./http.ts";
import type { Identity } from "./identity.ts";
import { type ConcretePort, type L7, matchAnySpec, type PortRule } from "./ports.ts";
import { and, MAYBE, NO, or, type Tri, tri, YES } from "./tri.ts";

/** A request inside the connection, if the question is about one. */
export interface Request {
  readonly http?: HttpRequest | undefined;
  /** Name asked of the DNS server. */
  readonly dns?: string | undefined;
}

/** A rule that matches at L3 and L4; `rule` is undefined where the item does not restrict ports. */
export interface Match {
  readonly entry: PolicyEntry;
  readonly rule: PortRule | undefined;
  readonly match: Tri;
}

export function matchPeers(entry: PolicyEntry, peer: Identity): Tri {
  if (entry.open !== undefined) return MAYBE;
  if (entry.peers === "any") return YES;
  let result: Tri = NO;
  for (const candidate of entry.peers) {
    result = or(result, candidate.matches(peer));
    if (result === YES) return YES;
  }
  return result;
}

export function matchPorts(
  entry: PolicyEntry,
  destination: Identity,
  port: ConcretePort,
): { readonly l4: Tri; readonly rule: PortRule | undefined }[] {
  if (entry.ports === "any" || entry.open !== undefined) return [{ l4: YES, rule: undefined }];
  const found: { readonly l4: Tri; readonly rule: PortRule }[] = [];
  for (const rule of entry.ports) {
    const l4 = matchAnySpec(rule.specs, port, destination.ports);
    if (l4 !== NO) found.push({ l4, rule });
  }
  return found;
}

/** Splits matches into denies and allows, after asking the proxy's rules about the request. */
export function judge(
  matches: readonly Match[],
  request: Request,
  near: PolicyEntry[],
): { readonly denies: readonly Match[]; readonly allows: readonly Match[] } {
  const denies = matches.filter(({ entry }) => entry.action === "deny");
  let allows = matches.filter(({ entry }) => entry.action === "allow");
  // The DNS proxy listens wherever a rule with names matches, and then only rules of that very port speak.
  const dnsRules = allows.filter(({ rule }) => rule?.l7?.parser === "dns");
  if (request.dns !== undefined && dnsRules.length > 0)
    allows = allows.filter(({ rule }) => rule?.specs.some(isSinglePort) ?? false);
  const judged = allows.map((match) => ({ ...match, match: and(match.match, matchRequest(match.rule?.l7, request)) }));
  for (const { entry, match } of judged) if (match === NO) near.push(entry);
  return { denies, allows: judged.filter(({ match }) => match !== NO) };
}

function matchRequest(l7: L7 | undefined, request: Request): Tri {
  if (l7 === undefined) return YES;
  if (l7.parser === "http" && request.http !== undefined) {
    const { http } = request;
    return l7.http.reduce<Tri>((result, rule) => or(result, matchHttp(rule, http)), NO);
  }
  if (l7.parser === "dns" && request.dns !== undefined) return tri(matchesName(l7.dns, request.dns));
  // Neither proxy lets the other's protocol pass.
  if (l7.parser === "dns" ? request.http !== undefined : l7.parser === "http" && request.dns !== undefined) return NO;
  // A listener or server-name filter is not evaluated; without a request the question is about the connection.
  return (l7.parser === "tls" || l7.parser === "crd") && request.http !== undefined ? MAYBE : YES;
}

export function matchesName(patterns: readonly NamePattern[], name: string): boolean {
  return patterns.some((pattern) => pattern.matches(name));
}

function isSinglePort(spec: PortRule["specs"][number]): boolean {
  return (spec.port !== 0 || spec.name !== undefined) && spec.endPort <= spec.port;
}
