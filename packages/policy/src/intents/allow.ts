import { checkHttpRules, type HttpRule } from "./http.ts";
import { describePeer, type FromPeer, type ResolvedPeer, resolvePeer, type ToPeer } from "./peer.ts";
import { type PortRange, type PortRef, parsePort } from "./ports.ts";

/** What {@link allow} says; {@link compile} turns it into objects. */
export interface AllowIntent {
  readonly intent: "allow";
  readonly from: ResolvedPeer;
  readonly to: ResolvedPeer;
  /** `"all"`: every port of every protocol, ICMP included. */
  readonly ports: "all" | readonly PortRange[];
  readonly http: readonly HttpRule[];
  readonly sides: "both" | "egress" | "ingress";
}

/** Options of {@link allow}. */
export interface AllowOptions {
  readonly from: FromPeer;
  readonly to: ToPeer;
  /** Target ports (what the container listens on), or `"all"` for every port and protocol. */
  readonly ports: readonly PortRef[] | "all";
  /**
   * Only these HTTP requests pass, TCP only. Cilium reads the request at the destination, so the connection must be
   * plain HTTP there: behind mutual TLS leave it out and authorize in the service.
   */
  readonly http?: readonly HttpRule[];
  /**
   * Which policies to write; default `"both"`: egress at the source and ingress at the destination. A policy isolates
   * the pods it selects, so for a peer in a namespace that is left open (`kube-system`) write only the other side.
   */
  readonly sides?: "both" | "egress" | "ingress";
}

/**
 * One kind of traffic may pass. A side outside the cluster (entity, CIDR, DNS name) has no policy of its own; then only
 * the other side is written.
 *
 * @throws TypeError for a peer, port or HTTP rule that is malformed or would match nothing or everything by accident.
 * @example
 * ```ts
 * import { allow, compile } from "@idstack/policy";
 * const { objects } = compile("cilium", [allow({ from: "apps/web", to: "apps/api", ports: ["tcp/8080"] })]);
 * console.log(objects.map((object) => object.metadata?.name)); // [ 'web-to-apps-api', 'api-from-apps-web' ]
 * ```
 */
export function allow(options: AllowOptions): AllowIntent {
  const { ports, http = [], sides = "both" } = options;
  const from = resolvePeer(options.from, "allow.from");
  const to = resolvePeer(options.to, "allow.to");
  const what = `allow ${describePeer(from)} → ${describePeer(to)}`;
  if (from.kind === "fqdn") throw new TypeError(`${what}: a DNS name cannot be a source`);
  if (from.kind !== "pods" && to.kind !== "pods") throw new TypeError(`${what}: neither side is in the cluster`);
  const only = sides === "egress" ? from : sides === "ingress" ? to : undefined;
  if (only !== undefined && only.kind !== "pods") {
    throw new TypeError(`${what}: the ${sides} side has no pods to write a policy for`);
  }
  if (ports.length === 0) throw new TypeError(`${what}: no ports match nothing; write "all" for every port`);
  const ranges = ports === "all" ? ports : unique(ports.map((port) => parsePort(port, what)));
  if (options.http !== undefined) {
    checkHttpRules(http, `${what}: http`);
    if (ranges === "all" || ranges.some((range) => range.protocol !== "TCP")) {
      throw new TypeError(`${what}: http rules need TCP ports`);
    }
  }
  return { intent: "allow", from, to, ports: ranges, http: http.map((rule) => ({ ...rule })), sides };
}

function unique(ranges: readonly PortRange[]): PortRange[] {
  return [...new Map(ranges.map((range) => [JSON.stringify(range), range])).values()];
}
