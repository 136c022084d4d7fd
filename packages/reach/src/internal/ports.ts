import type { EndpointPort } from "@idstack/manifests";
import type { NamePattern } from "./fqdn.ts";
import type { HttpRule } from "./http.ts";
import { MAYBE, NO, type Tri, tri, YES } from "./tri.ts";

/** Protocols a flow can ask about; further IP protocols appear only when a policy names them. */
export type Protocol = "tcp" | "udp" | "sctp" | "icmp" | "icmpv6" | (string & {});

export const TRANSPORTS: readonly Protocol[] = ["tcp", "udp", "sctp"];
export const ICMP: readonly Protocol[] = ["icmp", "icmpv6"];

/** One protocol and one port number (the type for ICMP). */
export interface ConcretePort {
  readonly protocol: Protocol;
  readonly port: number;
}

/** One protocol and a range of ports, both ends included. */
export interface PortRange {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
}

/** One `{port, endPort, protocol}` of a policy; protocol ANY is already spread over the transports. */
export interface PortSpec {
  readonly protocol: Protocol;
  /** 0 stands for every port. */
  readonly port: number;
  readonly endPort: number;
  readonly name?: string | undefined;
}

/** What the proxy checks on a connection that a port rule lets in. */
export interface L7 {
  readonly parser: "http" | "dns" | "tls" | "crd";
  readonly http: readonly HttpRule[];
  readonly dns: readonly NamePattern[];
}

/** One item of `toPorts` (or of `icmps`). */
export interface PortRule {
  readonly specs: readonly PortSpec[];
  readonly l7: L7 | undefined;
}

export function maxPort(protocol: Protocol): number {
  return ICMP.includes(protocol) ? 255 : TRANSPORTS.includes(protocol) ? 65535 : 0;
}

export function minPort(protocol: Protocol): number {
  return TRANSPORTS.includes(protocol) ? 1 : 0;
}

/** The number behind a named port of the destination; the last container wins, as in the agent. */
export function resolveName(name: string, protocol: Protocol, ports: readonly EndpointPort[]): number | undefined {
  const named = ports.findLast((port) => port.name?.toLowerCase() === name.toLowerCase());
  return named !== undefined && (named.protocol ?? "TCP").toLowerCase() === protocol ? named.port : undefined;
}

/**
 * The ports a spec covers at a destination with these container ports, or undefined when it covers none. A named port
 * resolves at the destination, and an `endPort` beside it does not count.
 */
export function coveredPorts(
  spec: PortSpec,
  ports: readonly EndpointPort[],
): { readonly first: number; readonly last: number } | undefined {
  const max = maxPort(spec.protocol);
  if (spec.name !== undefined) {
    const port = resolveName(spec.name, spec.protocol, ports);
    return port === undefined ? undefined : { first: port, last: port };
  }
  // The engine knows 0 only as "all", so ICMP type 0 (an IPv4 echo reply) covers every type of its family.
  if (spec.port === 0) return { first: 0, last: max };
  return { first: spec.port, last: Math.max(spec.port, spec.endPort) };
}

export function matchSpec(spec: PortSpec, query: ConcretePort, ports: readonly EndpointPort[]): Tri {
  if (spec.protocol !== query.protocol) return NO;
  // Protocols without ports need an agent flag that no manifest shows.
  if (!TRANSPORTS.includes(spec.protocol) && !ICMP.includes(spec.protocol)) return MAYBE;
  const covered = coveredPorts(spec, ports);
  return tri(covered !== undefined && covered.first <= query.port && query.port <= covered.last);
}

export function matchAnySpec(specs: readonly PortSpec[], query: ConcretePort, ports: readonly EndpointPort[]): Tri {
  let best: Tri = NO;
  for (const spec of specs) {
    const match = matchSpec(spec, query, ports);
    if (match === YES) return YES;
    if (match > best) best = match;
  }
  return best;
}

export function formatRange(range: PortRange): string {
  if (range.first === range.last) return `${range.protocol}/${range.first}`;
  const whole = range.first <= minPort(range.protocol) && range.last >= maxPort(range.protocol);
  return whole ? `${range.protocol}/*` : `${range.protocol}/${range.first}-${range.last}`;
}
