import type { Diagnostic } from "@idstack/manifests";
import type { NetworkPolicy } from "@idstack/schemas/networking.k8s.io/v1";
import type { Intent } from "../intents/intent.ts";
import { describePeer, type ResolvedPeer } from "../intents/peer.ts";
import { cidrContains } from "../internal/cidr.ts";
import { networkPolicy } from "../objects/network-policy.ts";
import type { PlannedPolicy, PlannedRule } from "./plan.ts";

type Spec = NonNullable<NetworkPolicy["spec"]>;
type Ingress = NonNullable<Spec["ingress"]>[number];
type Egress = NonNullable<Spec["egress"]>[number];
type Peer = NonNullable<Ingress["from"]>[number];

/**
 * The policy as a NetworkPolicy. A rule it cannot say is left out, never widened; the object stays, so that its pods
 * are isolated all the same.
 */
export function toKubernetes(policy: PlannedPolicy): { readonly object: NetworkPolicy; readonly lost: Diagnostic[] } {
  const { namespace, name, subject, ingress, egress } = policy;
  const rules = [...(ingress ?? []), ...(egress ?? [])];
  const object = networkPolicy({
    namespace,
    name,
    podSelector: subject.labels === undefined ? {} : { matchLabels: { ...subject.labels } },
    ...(ingress && { ingress: ingress.filter(expressible).map(ingressItem) }),
    ...(egress && { egress: egress.filter(expressible).map(egressItem) }),
  });
  return { object, lost: rules.flatMap((rule) => lost(rule, policy)) };
}

function expressible(rule: PlannedRule): boolean {
  return reason(rule) === undefined;
}

function reason({ peer, http, dnsNames }: PlannedRule): { code: string; what: string; help: string } | undefined {
  if (peer.kind === "fqdn") {
    const help = "Allow the addresses behind the name with { cidr }, or compile for Cilium.";
    return { code: "policy/lost-fqdn", what: "DNS names as peers", help };
  }
  if (peer.kind === "entity" && peer.entity !== "all") {
    const help = "Name the addresses with { cidr } (for the API server, its node's address), or compile for Cilium.";
    return { code: "policy/lost-entity", what: `the entity "${peer.entity}"`, help };
  }
  if (http.length > 0) {
    const help = "Leave http out to allow the whole port, or compile for Cilium.";
    return { code: "policy/lost-http", what: "HTTP rules", help };
  }
  if (dnsNames.some((name) => name !== "*")) {
    const help = "Leave names out to allow every question, or compile for Cilium.";
    return { code: "policy/lost-dns-names", what: "which names a pod may ask for", help };
  }
  return undefined;
}

function lost(rule: PlannedRule, policy: PlannedPolicy): Diagnostic[] {
  const found = reason(rule);
  if (found === undefined) return [];
  const { code, what, help } = found;
  const flow = `${policy.namespace}/${policy.name} (${describePeer(rule.peer)})`;
  const message = `NetworkPolicy cannot express ${what}: the rule of ${flow} is left out, so this traffic stays blocked`;
  return [{ code, severity: "error", message, path: `intents[${rule.intent}]`, help }];
}

/** Private addresses, which pods and nodes have in nearly every cluster. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/** Blocks that hold more than places outside the cluster where anything but Cilium enforces. */
export function wideCidrs(intents: readonly Intent[]): Diagnostic[] {
  return intents.flatMap((intent, index) =>
    intent.intent !== "allow"
      ? []
      : (["from", "to"] as const).flatMap((side) =>
          holdsPods(intent[side]) ? [wideCidr(intent[side], index, side)] : [],
        ),
  );
}

function holdsPods(peer: ResolvedPeer): boolean {
  if (peer.kind !== "cidr") return false;
  const within = (outer: string, inner: string) => cidrContains(outer, inner, "cidr");
  return PRIVATE.some(
    (block) => within(peer.cidr, block) && !peer.except.some((hole) => within(block, hole) || within(hole, block)),
  );
}

function wideCidr(peer: ResolvedPeer, index: number, side: "from" | "to"): Diagnostic {
  const message = `with any enforcer but Cilium "${describePeer(peer)}" also means the pods and nodes whose addresses it holds`;
  const help = "List the addresses of pods and nodes under except.";
  return { code: "policy/cidr-holds-pods", severity: "warning", message, path: `intents[${index}].${side}`, help };
}

function ingressItem(rule: PlannedRule): Ingress {
  return { ...peerList(rule, "from"), ...portList(rule) };
}

function egressItem(rule: PlannedRule): Egress {
  return { ...peerList(rule, "to"), ...portList(rule) };
}

function peerList<K extends "from" | "to">({ peer }: PlannedRule, key: K): { [P in K]?: Peer[] } {
  const made = { [key]: [] as Peer[] } as { [P in K]: Peer[] };
  switch (peer.kind) {
    case "pods":
      made[key].push({
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } },
        ...(peer.labels && { podSelector: { matchLabels: { ...peer.labels } } }),
      });
      return made;
    case "cidr":
      made[key].push({
        ipBlock: { cidr: peer.cidr, ...(peer.except.length > 0 && { except: [...peer.except] }) },
      });
      return made;
    default:
      // The entity "all": no peer list means every peer, inside and outside the cluster.
      return {};
  }
}

function portList({ ports }: PlannedRule): Pick<Ingress, "ports"> {
  return ports === "all" ? {} : { ports: ports.map((port) => ({ ...port })) };
}
