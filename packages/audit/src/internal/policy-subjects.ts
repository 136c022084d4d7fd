import { type LabelSelector, type ManifestDocument, matchesSelector, type Path } from "@idstack/manifests";
import type { AuditContext } from "../context.ts";
import type { KnownEndpoint } from "./endpoints.ts";
import { listOf, mapAt, mapOf, textOf } from "./read.ts";

/** One rule of a network policy: the pods it selects, and where its sections stand. */
export interface PolicyRule {
  readonly document: ManifestDocument;
  readonly namespace: string | undefined;
  readonly selector: LabelSelector;
  readonly selectorPath: Path;
  readonly rule: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

/** Kubernetes NetworkPolicies. */
export function kubernetesPolicies(context: Pick<AuditContext, "ofKind">): PolicyRule[] {
  return context.ofKind("networking.k8s.io", "NetworkPolicy").map((document) => ({
    document,
    namespace: document.object.metadata?.namespace,
    selector: readSelector(mapAt(document.object, "spec")["podSelector"]),
    selectorPath: ["spec", "podSelector"],
    rule: mapAt(document.object, "spec"),
    path: ["spec"],
  }));
}

/** Rules of Cilium's policies that select pods; rules for nodes are left out. */
export function ciliumRules(context: Pick<AuditContext, "ofKind">, ...kinds: readonly CiliumKind[]): PolicyRule[] {
  const wanted = kinds.length > 0 ? kinds : (["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"] as const);
  return context.ofKind("cilium.io", ...wanted).flatMap((document) => {
    const { object } = document;
    const single = { rule: mapAt(object, "spec"), path: ["spec"] as Path };
    const several = listOf((object as { specs?: unknown }).specs).map((spec, index) => ({
      rule: mapOf(spec),
      path: ["specs", index] as Path,
    }));
    return [single, ...several]
      .filter(({ rule }) => "endpointSelector" in rule)
      .map(({ rule, path }) => ({
        document,
        namespace: object.kind === "CiliumNetworkPolicy" ? object.metadata?.namespace : undefined,
        selector: readSelector(rule["endpointSelector"]),
        selectorPath: [...path, "endpointSelector"],
        rule,
        path,
      }));
  });
}

type CiliumKind = "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy";

function readSelector(value: unknown): LabelSelector {
  const { matchLabels, matchExpressions } = mapOf(value);
  const labels = Object.entries(mapOf(matchLabels))
    .filter(([key]) => !controllerLabels.has(bareKey(key)))
    .map(([key, label]) => [bareKey(key), String(label)]);
  return {
    matchLabels: Object.fromEntries(labels),
    matchExpressions: listOf(matchExpressions)
      .map(mapOf)
      .filter(({ key }) => !controllerLabels.has(bareKey(String(key))))
      .map(({ key, operator, values }) => {
        return {
          key: bareKey(String(key)),
          operator: String(operator),
          values: listOf(values).map(String),
        };
      }),
  };
}

/** Labels that controllers add to pods: no manifest holds their values, so nothing can be said about them. */
const controllerLabels = new Set([
  "apps.kubernetes.io/pod-index",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-completion-index",
  "batch.kubernetes.io/job-name",
  "controller-revision-hash",
  "controller-uid",
  "job-name",
  "pod-template-hash",
  "statefulset.kubernetes.io/pod-name",
]);

/** Cilium's label source prefixes; `reserved:` is kept, since no pod has such a label. */
function bareKey(key: string): string {
  return key.replace(/^(?:k8s|any):/, "");
}

/** Whether the selector is `{}`: every pod of its scope. */
export function selectsAll({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0;
}

/** Label values that a selector asks for; they often name a chart, a release or a resource. */
export function valuesOf({ matchLabels, matchExpressions }: LabelSelector): string[] {
  return [
    ...Object.values(matchLabels ?? {}),
    ...(matchExpressions ?? []).flatMap(({ operator, values }) => (operator === "In" ? (values ?? []) : [])),
  ];
}

/** Whether a policy selects a pod. Pods on their node's network are never selected. */
export function selects(selector: LabelSelector, { hostNetwork, policyLabels }: KnownEndpoint): boolean {
  return hostNetwork !== true && matchesSelector(selector, policyLabels);
}

/** Name, description and purpose annotations of an object, to hear what its author meant. */
export function purposeOf({ object }: ManifestDocument): string {
  const annotations = Object.entries(mapAt(object, "metadata", "annotations"))
    .filter(([key]) => /description|summary|purpose/i.test(key))
    .map(([, value]) => textOf(value) ?? "");
  const description = textOf(mapAt(object, "spec")["description"]) ?? "";
  return [object.metadata?.name ?? "", description, ...annotations].join(" ");
}
