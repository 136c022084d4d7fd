import type { Diagnostic } from "@idstack/manifests";
import type { CiliumNetworkPolicy } from "@idstack/schemas/cilium.io/v2";
import type { PodsPeer, ResolvedPeer } from "../intents/peer.ts";
import type { PortRange } from "../intents/ports.ts";
import { ciliumNetworkPolicy } from "../objects/cilium-network-policy.ts";
import type { PlannedPolicy, PlannedRule } from "./plan.ts";

type Spec = NonNullable<CiliumNetworkPolicy["spec"]>;
type Ingress = NonNullable<Spec["ingress"]>[number];
type Egress = NonNullable<Spec["egress"]>[number];
type ToPorts = NonNullable<Egress["toPorts"]>;

const NAMESPACE_LABEL = "k8s:io.kubernetes.pod.namespace";

/** The policy as a CiliumNetworkPolicy; everything a plan can say has a form there. */
export function toCilium(policy: PlannedPolicy): CiliumNetworkPolicy {
  const { namespace, name, subject, ingress, egress } = policy;
  const selector = subject.labels === undefined ? {} : { matchLabels: { ...subject.labels } };
  return ciliumNetworkPolicy({
    namespace,
    name,
    endpointSelector: selector,
    // A direction without rules needs one item that allows nothing: an empty list would not select the direction.
    ...(ingress && { ingress: ingress.length === 0 ? [{}] : ingress.map(ingressItem) }),
    ...(egress && { egress: egress.length === 0 ? [{}] : egress.map(egressItem) }),
    // Says which of the two readings of `[{}]` is meant, to readers and to linters.
    ...((ingress ?? egress)?.length === 0 && {
      enableDefaultDeny: { ...(ingress && { ingress: true }), ...(egress && { egress: true }) },
    }),
  });
}

function ingressItem(rule: PlannedRule): Ingress {
  const { peer } = rule;
  const ports = toPorts(rule);
  switch (peer.kind) {
    case "pods":
      return { fromEndpoints: [podSelector(peer)], ...ports };
    case "entity":
      return { fromEntities: [peer.entity], ...ports };
    case "cidr":
      return { fromCIDRSet: [cidrRule(peer)], ...ports };
    case "fqdn":
      throw new TypeError("a DNS name cannot be a source");
  }
}

function egressItem(rule: PlannedRule): Egress {
  const { peer } = rule;
  const ports = toPorts(rule);
  switch (peer.kind) {
    case "pods":
      return { toEndpoints: [podSelector(peer)], ...ports };
    case "entity":
      return { toEntities: [peer.entity], ...ports };
    case "cidr":
      return { toCIDRSet: [cidrRule(peer)], ...ports };
    case "fqdn":
      return { toFQDNs: [dnsName(peer.fqdn)], ...ports };
  }
}

function podSelector(peer: PodsPeer): { matchLabels: Record<string, string> } {
  return { matchLabels: { [NAMESPACE_LABEL]: peer.namespace, ...peer.labels } };
}

function cidrRule(peer: Extract<ResolvedPeer, { kind: "cidr" }>): { cidr: string; except?: string[] } {
  return { cidr: peer.cidr, ...(peer.except.length > 0 && { except: [...peer.except] }) };
}

function dnsName(name: string): { matchPattern: string } | { matchName: string } {
  return name.includes("*") ? { matchPattern: name } : { matchName: name };
}

function toPorts({ ports, http, dnsNames }: PlannedRule): { toPorts?: ToPorts } {
  if (ports === "all") return {};
  const entry: ToPorts[number] = { ports: ports.map(portRule) };
  if (http.length > 0) {
    entry.rules = {
      http: http.map(({ headers, ...rule }) => ({ ...rule, ...(headers && { headers: [...headers] }) })),
    };
  }
  if (dnsNames.length > 0) entry.rules = { dns: dnsNames.map(dnsName) };
  return { toPorts: [entry] };
}

function portRule({ protocol, port, endPort }: PortRange) {
  return { port: String(port), ...(endPort !== undefined && { endPort }), protocol };
}

// Keys that Cilium leaves out of a pod's identity by default, so that no selector ever matches them. The list is
// matched at the start of the key (cilium/pkg/labelsfilter/filter.go).
const IGNORED =
  /^(io\.kubernetes(?!\.pod\.namespace)|kubernetes\.io|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/(job-completion-index|controller-uid)|pod-template-(generation|hash)|controller-(revision-hash|uid)|annotation|etcd_node|topology\.kubernetes\.io|k8s\.io|.*beta\.kubernetes\.io)/;

/** What Cilium cannot match in a policy. */
export function ciliumLost(policy: PlannedPolicy): Diagnostic[] {
  const selected = [policy.subject, ...[...(policy.ingress ?? []), ...(policy.egress ?? [])].map(({ peer }) => peer)];
  const keys = selected.flatMap((peer) => (peer.kind === "pods" ? Object.keys(peer.labels ?? {}) : []));
  return [...new Set(keys.filter((key) => IGNORED.test(key)))].map((key) => ({
    code: "policy/lost-label",
    severity: "error",
    message: `Cilium leaves the label "${key}" out of pod identities: ${policy.namespace}/${policy.name} matches nothing`,
    path: `intents[${policy.intents[0]}]`,
    help: 'Select the pods by a label of their own, such as "app.kubernetes.io/name".',
  }));
}
