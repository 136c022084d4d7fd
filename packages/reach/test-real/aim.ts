import type { KubeObject } from "@idstack/manifests";
import type { Random } from "@idstack/tool-real";
import type { TestCluster } from "./cluster.ts";
import { ADDRESSES, ADDRESSES_V6, NAMES, QUERY_PORTS } from "./pools.ts";

interface Aim {
  readonly subject: string;
  readonly peer: string;
  readonly egress: boolean;
  readonly protocol: string;
  readonly port: number;
}

type Mapping = { readonly [key: string]: unknown };

const PARTIES = ["host", "remote-node", "kube-apiserver", "health", "ingress", "init", "unmanaged"];
const SECTIONS = ["ingress", "ingressDeny", "egress", "egressDeny"];

/**
 * A flow that some rule of a policy may be about: someone of its namespace, a peer of the kind it names, a port it
 * mentions. Purely random flows meet so few rules that rare constructs would hardly ever decide.
 */
export function aimAt(random: Random, policy: KubeObject, cluster: TestCluster): Aim | undefined {
  const { spec, specs } = policy as unknown as { readonly spec?: Mapping; readonly specs?: readonly Mapping[] };
  const rule = random.pick([...(spec === undefined ? [] : [spec]), ...(specs ?? [])]);
  const items = SECTIONS.flatMap((section) =>
    maps(rule[section]).map((item) => ({ egress: section.startsWith("e"), item })),
  );
  if (items.length === 0) return undefined;
  const { egress, item } = random.pick(items);
  const { namespace } = policy.metadata ?? {};
  const pods = cluster.pods.filter((pod) => namespace === undefined || pod.namespace === namespace).map(podName);
  const subjects = "nodeSelector" in rule ? ["entity:host", "entity:host", ...pods] : pods;
  if (subjects.length === 0) return undefined;
  return {
    subject: random.pick(subjects),
    peer: peerOf(random, item, egress, cluster),
    egress,
    ...portOf(random, item, cluster),
  };
}

function peerOf(random: Random, item: Mapping, egress: boolean, cluster: TestCluster): string {
  const pod = (): string => podName(random.pick(cluster.pods));
  const address = (): string => `ip:${random.pick(cluster.ipv6 ? [...ADDRESSES, ...ADDRESSES_V6] : ADDRESSES)}`;
  const text = JSON.stringify(item);
  const entities = (item["toEntities"] ?? item["fromEntities"]) as readonly string[] | undefined;
  if (entities !== undefined && entities.length > 0) return entity(random.pick(entities));
  if (/CIDR|ipBlock/.test(text)) return random.chance(0.85) ? address() : pod();
  if (text.includes("FQDN")) return egress ? `fqdn:${random.pick(Object.keys(NAMES))}` : pod();
  if (text.includes("toServices")) return random.chance(0.6) ? pod() : address();
  const named = /reserved:([a-z-]+)/.exec(text)?.[1];
  return named === undefined ? pod() : entity(named);

  function entity(name: string): string {
    if (name === "world") return address();
    if (["all", "cluster", "cluster-mesh"].includes(name))
      return random.pick([pod(), pod(), "entity:health", address()]);
    if (name === "remote-node" && cluster.singleNode) return pod();
    return PARTIES.includes(name) ? `entity:${name}` : pod();
  }
}

function portOf(random: Random, item: Mapping, cluster: TestCluster): { protocol: string; port: number } {
  const icmp = maps(item["icmps"]).flatMap(({ fields }) => maps(fields))[0];
  if (icmp !== undefined)
    return icmp["family"] === "IPv6" ? { protocol: "icmpv6", port: 128 } : { protocol: "icmp", port: 8 };
  const ports = [...maps(item["toPorts"]).flatMap((rule) => maps(rule["ports"])), ...maps(item["ports"])];
  if (ports.length === 0 || random.chance(0.1)) return random.pick(QUERY_PORTS);
  const { port = "0", endPort = 0, protocol } = random.pick(ports);
  const missing = "ports" in item ? "TCP" : "ANY";
  const wanted = String(protocol ?? missing).toLowerCase();
  const transport = ["tcp", "udp", "sctp"].includes(wanted) ? wanted : random.pick(["tcp", "udp", "sctp"]);
  const named = cluster.pods
    .flatMap((pod) => pod.ports)
    .filter(({ name }) => name === String(port).toLowerCase())
    .map((found) => found.port);
  const number = Number(port);
  if (Number.isNaN(number)) return { protocol: transport, port: named.length > 0 ? random.pick(named) : 80 };
  const last = Math.max(number, Number(endPort));
  const valid = number > 0 && last <= 65535;
  return { protocol: transport, port: valid ? random.pick([number, number, last]) : random.pick([53, 80, 8080]) };
}

/** The maps in what should be a list of them: odd rules are asked about too. */
function maps(value: unknown): readonly Mapping[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
}

function podName({ namespace, name }: TestCluster["pods"][number]): string {
  return `${namespace}/${name}`;
}
