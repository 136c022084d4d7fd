import type { LabelSelector, VirtualEndpoint } from "@idstack/manifests";
import type { AuditContext } from "../context.ts";
import type { Install } from "./installs.ts";
import { ciliumRules, kubernetesPolicies, valuesOf } from "./policy-subjects.ts";

/**
 * The pods of an installed chart: the virtual endpoints that were given for it, else what it will most likely create.
 * Of manifests from another repository nothing is assumed.
 */
export function chartPods(install: Install, context: Omit<AuditContext, "cluster">): VirtualEndpoint[] {
  const given = announcedPods(install, context);
  if (given.length > 0 || install.chart === undefined || install.namespace === undefined) return given;
  const { name, chart, namespace } = install;
  const labels = { "app.kubernetes.io/name": chart, "app.kubernetes.io/instance": name };
  const base = { namespace, name, ports: [], source: `assumed from chart ${chart}` };
  // Whoever wrote policies for the chart knew its labels: pods with those are assumed as well, under the same name.
  const known = selectorsIn(namespace, context).filter((selector) => names(selector, install));
  return [
    { ...base, labels },
    ...known.map((selector) => ({ ...base, labels: { ...labels, ...selector.matchLabels } })),
  ];
}

/** Virtual endpoints that were given for an installed chart: if there are any, its pods are known. */
export function announcedPods(install: Install, { endpoints }: Pick<AuditContext, "endpoints">): VirtualEndpoint[] {
  return endpoints.filter((endpoint) => endpoint.document === undefined && isOf(install, endpoint));
}

function isOf({ name, chart, namespace }: Install, endpoint: VirtualEndpoint): boolean {
  if (endpoint.namespace !== namespace) return false;
  const instance = endpoint.labels["app.kubernetes.io/instance"];
  return (
    instance === name ||
    (instance === undefined && chart !== undefined && endpoint.labels["app.kubernetes.io/name"] === chart) ||
    endpoint.name === name ||
    endpoint.name.startsWith(`${name}-`)
  );
}

function selectorsIn(namespace: string, context: Omit<AuditContext, "cluster">): LabelSelector[] {
  return [...kubernetesPolicies(context), ...ciliumRules(context)]
    .filter((rule) => rule.namespace === undefined || rule.namespace === namespace)
    .map(({ selector }) => selector);
}

/** Whether a selector asks for a label that is called like the release or its chart. */
export function names(selector: LabelSelector, { name, chart }: Pick<Install, "name" | "chart">): boolean {
  const values = valuesOf(selector).map((value) => value.toLowerCase());
  return [name, chart].some((each) => each !== undefined && values.includes(each.toLowerCase()));
}
