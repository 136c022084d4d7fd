import type { Path } from "@idstack/manifests";
import type { Direction, Peer, PolicyEntry } from "../entry.ts";
import type { Identity } from "../identity.ts";
import { covers, parseCidr } from "../ip.ts";
import { CLUSTER_KEY, NAMESPACE_KEY, NAMESPACE_LABELS_PREFIX } from "../labels.ts";
import { cidrPeer, ipBlockPeer, labelPeer, wildcardPeer } from "../peers.ts";
import type { PortRule } from "../ports.ts";
import { equals, exists, matchRequirements, type Requirement } from "../selector.ts";
import { NO, type Tri } from "../tri.ts";
import { isServiceName } from "./cilium-ports.ts";
import type { PolicyContext } from "./context.ts";
import { NP_EGRESS, NP_INGRESS, NP_PEER, NP_PORT, NP_SPEC } from "./known-fields.ts";
import { integer, list, type Mapping, mapping, maps, RefusedPolicy, selector, text, texts } from "./read.ts";
import { scopeSubject } from "./scope.ts";

/**
 * Reads a Kubernetes NetworkPolicy.
 * @throws RefusedPolicy when the API server would not accept it.
 */
export function readNetworkPolicy(context: PolicyContext): void {
  const body = context.policy.document.object as unknown as Mapping;
  const spec = mapping(body["spec"], ["spec"]);
  // A NetworkPolicy without a spec is accepted and selects every pod of its namespace for ingress.
  const { podSelector, ingress, egress, policyTypes } = spec ?? {};
  const requirements = scopeSubject(
    selector(podSelector, ["spec", "podSelector"], "k8s"),
    context.namespace ?? "default",
  );
  const subject = (identity: Identity): Tri =>
    identity.kind === "node" ? NO : matchRequirements(requirements, identity);
  context.onlyKnown(spec ?? {}, NP_SPEC, ["spec"]);
  const open = context.takeOpen();
  if (open !== undefined) context.addOpen(subject, ["spec"], open);
  const types = texts(policyTypes, ["spec", "policyTypes"]) ?? [];
  const ingressRules = list(ingress, ["spec", "ingress"]) ?? [];
  const egressRules = list(egress, ["spec", "egress"]) ?? [];
  const plain = context.world.facts.cni === "kubernetes";
  for (const direction of ["ingress", "egress"] as const) {
    const type = direction === "ingress" ? "Ingress" : "Egress";
    const rules = direction === "ingress" ? ingressRules : egressRules;
    const implied =
      direction === "ingress"
        ? !types.includes("Egress") || types.includes(type)
        : egressRules.length > 0 && types.length === 0;
    const isolates = types.includes(type) || implied;
    // Cilium imports the rules of a direction even where policyTypes leaves it out; the specification ignores them.
    if (!isolates && plain) continue;
    const entry = { policy: context.policy, direction, action: "allow", subject, defaultDeny: true } as const;
    if (rules.length === 0 && isolates) {
      const given = spec?.[direction] !== undefined;
      const path = given ? ["spec", direction] : types.length > 0 ? ["spec", "policyTypes"] : ["spec"];
      context.entries.push({ ...entry, path, peers: [], ports: "any" });
    }
    for (const { item, path } of maps(rules, ["spec", direction]) ?? [])
      context.entries.push(readRule(item, { ...entry, path }, context));
  }
}

function readRule(
  rule: Mapping,
  base: Pick<PolicyEntry, "policy" | "path" | "direction" | "action" | "subject" | "defaultDeny">,
  context: PolicyContext,
): PolicyEntry {
  const { direction, path } = base;
  context.onlyKnown(rule, direction === "ingress" ? NP_INGRESS : NP_EGRESS, path);
  const key = direction === "ingress" ? "from" : "to";
  const from = maps(rule[key], [...path, key]) ?? [];
  const ports = maps(rule["ports"], [...path, "ports"]) ?? [];
  const peers = from.length === 0 ? [wildcardPeer] : from.map(({ item, path: at }) => readPeer(item, at, context));
  const rules = ports.length === 0 ? "any" : ports.map(({ item, path: at }) => readPort(item, at, direction, context));
  const open = context.takeOpen();
  return { ...base, peers, ports: rules, ...(open === undefined ? {} : { open }) };
}

function readPeer(raw: Mapping, path: Path, context: PolicyContext): Peer {
  context.onlyKnown(raw, NP_PEER, path);
  const { facts } = context.world;
  const block = mapping(raw["ipBlock"], [...path, "ipBlock"]);
  const pods = mapping(raw["podSelector"], [...path, "podSelector"]);
  const namespaces = mapping(raw["namespaceSelector"], [...path, "namespaceSelector"]);
  if (block !== undefined) {
    if (pods !== undefined || namespaces !== undefined)
      throw new RefusedPolicy(path, "ipBlock cannot be combined with selectors");
    return readIpBlock(block, [...path, "ipBlock"], context);
  }
  if (pods === undefined && namespaces === undefined)
    throw new RefusedPolicy(path, "needs podSelector, namespaceSelector or ipBlock");
  const podRequirements = selector(pods, [...path, "podSelector"], "k8s");
  const cluster = podRequirements.some(({ key }) => key === CLUSTER_KEY)
    ? []
    : [equals("k8s", CLUSTER_KEY, facts.clusterName)];
  const scope = namespaces === undefined ? [] : namespaceRequirements(namespaces, [...path, "namespaceSelector"]);
  if (namespaces !== undefined) return labelPeer([...scope, ...podRequirements, ...cluster]);
  return labelPeer([...scopeSubject(podRequirements, context.namespace ?? "default"), ...cluster]);
}

/** Labels of the namespace travel with the pod under a prefix; an empty selector means "in any namespace". */
function namespaceRequirements(raw: Mapping, path: Path): Requirement[] {
  const requirements = selector(raw, path, "k8s").map((requirement) => ({
    ...requirement,
    key: `${NAMESPACE_LABELS_PREFIX}.${requirement.key}`,
  }));
  return requirements.length === 0 ? [exists("k8s", NAMESPACE_KEY)] : requirements;
}

function readIpBlock(raw: Mapping, path: Path, context: PolicyContext): Peer {
  const { facts } = context.world;
  const cidr = parseCidr(text(raw["cidr"], [...path, "cidr"]) ?? "", { bare: false });
  if (cidr === undefined) throw new RefusedPolicy([...path, "cidr"], `"${String(raw["cidr"])}" is not a CIDR`);
  const except = (texts(raw["except"], [...path, "except"]) ?? []).map((block, index) => {
    const parsed = parseCidr(block, { bare: false });
    if (parsed === undefined || !covers(cidr, parsed))
      throw new RefusedPolicy([...path, "except", index], `is not a CIDR inside ${cidr.text}`);
    return parsed;
  });
  return facts.cni === "cilium" ? cidrPeer(cidr, except, facts) : ipBlockPeer(cidr, except, facts);
}

function readPort(raw: Mapping, path: Path, direction: Direction, context: PolicyContext): PortRule {
  context.onlyKnown(raw, NP_PORT, path);
  const protocol = text(raw["protocol"], [...path, "protocol"]) ?? "TCP";
  if (protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP")
    throw new RefusedPolicy([...path, "protocol"], `protocol "${protocol}" does not exist`);
  const endPort = integer(raw["endPort"], [...path, "endPort"]) ?? 0;
  const port = raw["port"];
  if (endPort > 0 && (typeof port !== "number" || port > endPort)) {
    throw new RefusedPolicy([...path, "endPort"], `needs a numeric port that is not larger (${direction})`);
  }
  const base = { protocol: protocol.toLowerCase(), endPort };
  if (port === undefined || port === null) return { specs: [{ ...base, port: 0 }], l7: undefined };
  if (typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65535)
    return { specs: [{ ...base, port }], l7: undefined };
  if (typeof port === "string" && isServiceName(port))
    return { specs: [{ ...base, port: 0, name: port.toLowerCase() }], l7: undefined };
  throw new RefusedPolicy([...path, "port"], `"${String(port)}" is not a port`);
}
