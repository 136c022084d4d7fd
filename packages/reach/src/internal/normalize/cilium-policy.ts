import type { Path } from "@idstack/manifests";
import type { PolicyEntry } from "../entry.ts";
import { hasReserved, type Identity } from "../identity.ts";
import { NAMESPACE_KEY } from "../labels.ts";
import { equals, matchRequirements } from "../selector.ts";
import { MAYBE, NO, YES } from "../tri.ts";
import { readPeers } from "./cilium-peers.ts";
import { readPorts } from "./cilium-ports.ts";
import type { PolicyContext } from "./context.ts";
import { ITEM, RULE } from "./known-fields.ts";
import { flag, isMapping, list, type Mapping, mapping, maps, RefusedPolicy, selector, text } from "./read.ts";
import { scopeSubject } from "./scope.ts";

const SECTIONS = [
  { key: "ingress", direction: "ingress", action: "allow" },
  { key: "ingressDeny", direction: "ingress", action: "deny" },
  { key: "egress", direction: "egress", action: "allow" },
  { key: "egressDeny", direction: "egress", action: "deny" },
] as const;

/**
 * Reads a CiliumNetworkPolicy or, without a namespace, a CiliumClusterwideNetworkPolicy.
 * @throws RefusedPolicy when the agent would not import it; then none of its specs count.
 */
export function readCiliumPolicy(context: PolicyContext): void {
  const { object } = context.policy.document;
  const body = object as unknown as Mapping;
  const specs = list(body["specs"], ["specs"]);
  if (!isMapping(body["spec"]) && specs === undefined) throw new RefusedPolicy([], "needs spec or specs");
  for (const key of Object.keys(body)) {
    if (!["apiVersion", "kind", "metadata", "spec", "specs", "status", "sops"].includes(key)) {
      context.notEvaluated([key], `unknown field "${key}"`);
      context.addOpen(inNamespace(context.namespace), [key], context.takeOpen() ?? key);
    }
  }
  const rules = [
    ...(body["spec"] === undefined || body["spec"] === null ? [] : [{ raw: body["spec"], path: ["spec"] }]),
    ...(specs ?? []).map((raw, index) => ({ raw, path: ["specs", index] })),
  ];
  for (const { raw, path } of rules) readRule(mapping(raw, path) ?? {}, path, context);
}

function readRule(rule: Mapping, path: Path, context: PolicyContext): void {
  const total = SECTIONS.reduce((sum, { key }) => sum + (list(rule[key], [...path, key])?.length ?? 0), 0);
  if (total === 0)
    throw new RefusedPolicy(path, "needs at least one item in ingress, ingressDeny, egress or egressDeny");
  const subject = readSubject(rule, path, context);
  context.onlyKnown(rule, RULE, path);
  const open = context.takeOpen();
  if (open !== undefined) context.addOpen(subject.matches, path, open);
  const defaults = mapping(rule["enableDefaultDeny"], [...path, "enableDefaultDeny"]) ?? {};
  for (const { key, direction, action } of SECTIONS) {
    const defaultDeny = flag(defaults[direction], [...path, "enableDefaultDeny", direction]) ?? true;
    for (const { item, path: at } of maps(rule[key], [...path, key]) ?? []) {
      context.onlyKnown(item, ITEM[key], at);
      const base = { policy: context.policy, path: at, direction, action, subject: subject.matches, defaultDeny };
      const entry = readItem(item, base, subject, context);
      context.entries.push(entry);
      if (context.takeSpread()) context.entries.push({ ...entry, action: action === "allow" ? "deny" : "allow" });
    }
  }
}

function readItem(
  item: Mapping,
  base: Pick<PolicyEntry, "policy" | "path" | "direction" | "action" | "subject" | "defaultDeny">,
  subject: Subject,
  context: PolicyContext,
): PolicyEntry {
  const deny = base.action === "deny";
  const ports = readPorts(item, base.path, { direction: base.direction, deny, host: subject.host }, context);
  const scope = { direction: base.direction, deny, matchesInit: subject.matchesInit };
  const peers = readPeers(item, base.path, ports !== "any", scope, context);
  const authentication = text(mapping(item["authentication"], [...base.path, "authentication"])?.["mode"], base.path);
  if (authentication === "test-always-fail")
    context.notEvaluated([...base.path, "authentication"], "authentication that always fails");
  const open = context.takeOpen();
  return {
    ...base,
    peers,
    ports,
    ...(authentication === undefined ? {} : { authentication }),
    ...(open === undefined ? {} : { open }),
  };
}

interface Subject {
  readonly matches: (identity: Identity) => 0 | 1 | 2;
  readonly host: boolean;
  readonly matchesInit: boolean;
}

function readSubject(rule: Mapping, path: Path, context: PolicyContext): Subject {
  const endpoints = mapping(rule["endpointSelector"], [...path, "endpointSelector"]);
  const nodes = mapping(rule["nodeSelector"], [...path, "nodeSelector"]);
  if (endpoints !== undefined && nodes !== undefined)
    throw new RefusedPolicy(path, "has both endpointSelector and nodeSelector");
  if (nodes !== undefined) return readNodeSubject(nodes, path, context);
  if (endpoints === undefined) throw new RefusedPolicy(path, "needs endpointSelector or nodeSelector");
  const requirements = selector(endpoints, [...path, "endpointSelector"], "any");
  const scoped = scopeSubject(requirements, context.namespace);
  return {
    // An endpointSelector never selects a node, whatever its labels.
    matches: (identity) => (identity.kind === "node" ? NO : matchRequirements(scoped, identity)),
    host: false,
    matchesInit: requirements.some(({ source, key }) => source === "reserved" && key === "init"),
  };
}

function readNodeSubject(nodes: Mapping, path: Path, context: PolicyContext): Subject {
  if (context.namespace !== undefined)
    throw new RefusedPolicy([...path, "nodeSelector"], "a CiliumNetworkPolicy takes no nodeSelector");
  const requirements = selector(nodes, [...path, "nodeSelector"], "any");
  const { hostFirewall } = context.world.facts;
  if (!hostFirewall) {
    context.diagnose(
      "host-policy-ignored",
      "warning",
      [...path, "nodeSelector"],
      "governs nodes, which takes effect only with the host firewall",
      "Set the fact hostFirewall if Cilium's hostFirewall.enabled is on.",
    );
  }
  return {
    // Labels of nodes are not in the manifests.
    matches: (identity) => (identity.kind !== "node" || !hostFirewall ? NO : requirements.length === 0 ? YES : MAYBE),
    host: true,
    matchesInit: false,
  };
}

/** Whom a policy could govern when its selector cannot be read. */
export function inNamespace(namespace: string | undefined): (identity: Identity) => 0 | 1 | 2 {
  if (namespace === undefined)
    return (identity) => (identity.kind === "node" && !hasReserved(identity, "host") ? NO : YES);
  const requirement = equals("k8s", NAMESPACE_KEY, namespace);
  return (identity) => (identity.kind === "node" ? NO : matchRequirements([requirement], identity));
}
