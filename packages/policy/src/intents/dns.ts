import { assertLabel } from "@idstack/manifests";
import { type PodLabels, type PodsPeer, resolvePeer } from "./peer.ts";

/** What {@link dns} says; {@link compile} turns it into objects. */
export interface DnsIntent {
  readonly intent: "dns";
  readonly namespace: string;
  /** Names that may be asked for, as Cilium match patterns. */
  readonly names: readonly string[];
  readonly resolver: PodsPeer;
  readonly port: number;
}

/** Options of {@link dns}. */
export interface DnsOptions {
  /**
   * Names the pods may ask for, `*` within one label; default `["*"]`: all. Cilium only. Resolvers try the cluster's
   * search list first: add its names (`"**.cluster.local"`), or these questions are refused.
   */
  readonly names?: readonly string[];
  /** Pods that answer; default `k8s-app: kube-dns` in `kube-system`, the usual label of CoreDNS. */
  readonly resolver?: PodLabels;
  /** The port these pods listen on, default 53. */
  readonly port?: number;
}

/**
 * The pods of a namespace may ask the cluster's DNS over UDP and TCP. For Cilium the questions go through its DNS proxy,
 * which is what makes `allow({ to: { fqdn } })` work.
 *
 * Only the asking side is written: a policy at kube-dns would cut it off from every other namespace. With a node-local
 * DNS cache, name its pods as `resolver` (Cilium's Local Redirect Policy) or write the egress rule yourself.
 *
 * @example
 * ```ts
 * import { compile, dns } from "@idstack/policy";
 * console.log(compile("cilium", [dns("apps")]).objects[0]?.metadata?.name); // allow-dns
 * ```
 */
export function dns(namespace: string, options: DnsOptions = {}): DnsIntent {
  assertLabel(namespace, "dns");
  const { names = ["*"], resolver = KUBE_DNS, port = 53 } = options;
  if (names.length === 0) throw new TypeError(`dns("${namespace}"): no names`);
  const peer = resolvePeer(resolver, "dns.resolver");
  if (peer.kind !== "pods") throw new TypeError("dns.resolver: name pods by namespace and labels");
  return { intent: "dns", namespace, names: names.map((name) => name.toLowerCase()), resolver: peer, port };
}

const KUBE_DNS: PodLabels = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };

/** Whether a DNS pattern (`*` within one label, `*` alone for all, leading `**.` for any depth) covers a name. */
export function coversName(pattern: string, name: string): boolean {
  if (pattern === "*" || pattern === name) return true;
  if (name.includes("*")) return false;
  const [deep, rest] = pattern.startsWith("**.") ? ["([-a-z0-9_]+\\.)+", pattern.slice(3)] : ["", pattern];
  const body = rest.replaceAll(/[.*]/g, (character) => (character === "." ? "\\." : "[-a-z0-9_]*"));
  return new RegExp(`^${deep}${body}$`).test(name);
}
