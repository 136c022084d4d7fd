import { formatPath, type Path } from "@idstack/manifests";
import type { Peer } from "../entry.ts";
import { parseCidr } from "../ip.ts";
import { NAMESPACE_KEY } from "../labels.ts";
import { cidrPeer, labelPeer, openPeer } from "../peers.ts";
import { equals, type Requirement } from "../selector.ts";
import type { PolicyContext } from "./context.ts";
import { SERVICE } from "./known-fields.ts";
import { type Mapping, mapping, maps, selector, text } from "./read.ts";
import { scopePeer } from "./scope.ts";
import type { ServiceInfo } from "./services.ts";

/**
 * Translates `toServices` as the agent does: a Service with a selector becomes its pods, one without becomes its
 * addresses. A Service that is not among the objects leaves the peer open, since a chart may create it; with the fact
 * `allServices` it is nobody, and together with ports the engine then reads "everyone". In deny rules the agent resolves
 * no Service at all.
 */
export function readServices(
  raw: unknown,
  path: Path,
  scope: { readonly matchesInit: boolean; readonly deny: boolean },
  context: PolicyContext,
): readonly Peer[] {
  const items = maps(raw, path) ?? [];
  if (scope.deny && items.length > 0) {
    context.diagnose(
      "deny-services",
      "warning",
      path,
      "Cilium does not resolve Services in deny rules: without ports the item denies nothing, with ports it denies everyone on them",
      "Name the pods behind the Service with toEndpoints.",
    );
    return [];
  }
  return items.flatMap(({ item, path: at }) => {
    context.onlyKnown(item, SERVICE, at);
    const found = findServices(item, at, context);
    if (found === undefined) return [];
    if (found.length > 0) return found.flatMap((service) => servicePeers(service, at, scope, context));
    if (context.world.facts.allServices) return [];
    context.diagnose(
      "unsupported-construct",
      "error",
      at,
      "no such Service is among the objects: flows that it can influence have no verdict",
      "Add the Service to the tree, or set the fact allServices if it really does not exist.",
    );
    return [openPeer(`service:${formatPath(at)}`)];
  });
}

/** The Services that an item means; undefined where it names none, which is no Service at all. */
function findServices(item: Mapping, path: Path, context: PolicyContext): readonly ServiceInfo[] | undefined {
  const { services } = context.world;
  const bySelector = mapping(item["k8sServiceSelector"], [...path, "k8sServiceSelector"]);
  if (bySelector !== undefined) {
    const at = [...path, "k8sServiceSelector"];
    const requirements = selector(bySelector["selector"], [...at, "selector"], "any");
    return services.selected(text(bySelector["namespace"], [...at, "namespace"]), (labels) =>
      matches(requirements, labels),
    );
  }
  const ref = mapping(item["k8sService"], [...path, "k8sService"]);
  const name = text(ref?.["serviceName"], [...path, "k8sService", "serviceName"]);
  if (name === undefined || name === "") return undefined;
  return services.named(text(ref?.["namespace"], [...path, "k8sService", "namespace"]), name);
}

function matches(requirements: readonly Requirement[], labels: ServiceInfo["labels"]): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const listed = value !== undefined && values.includes(value);
    return operator === "In" ? listed : !listed;
  });
}

function servicePeers(
  service: ServiceInfo,
  path: Path,
  scope: { readonly matchesInit: boolean },
  context: PolicyContext,
): readonly Peer[] {
  const entries = Object.entries(service.selector);
  if (entries.length > 0) {
    const requirements = entries.map(([key, value]) => equals("k8s", key, value));
    return [
      labelPeer(
        scopePeer(
          [...requirements, equals("k8s", NAMESPACE_KEY, service.namespace)],
          context.namespace,
          scope.matchesInit,
          context.world.facts,
        ),
      ),
    ];
  }
  if (service.addresses === undefined) {
    context.diagnose(
      "unsupported-construct",
      "error",
      path,
      `Service ${service.namespace}/${service.name} has no selector and no EndpointSlice among the objects`,
    );
    return [openPeer(`service:${service.namespace}/${service.name}`)];
  }
  return service.addresses.flatMap((address) => {
    const cidr = parseCidr(address);
    return cidr === undefined ? [] : [cidrPeer(cidr, [], context.world.facts)];
  });
}
