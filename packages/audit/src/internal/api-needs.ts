import { formatRef, getAt, objectRef, type VirtualEndpoint } from "@idstack/manifests";
import type { AuditContext } from "../context.ts";
import { nameOf } from "./documents.ts";
import { itemsAt } from "./read.ts";

/** A pod that evidently talks to the Kubernetes API server. */
export interface ApiNeed {
  readonly pod: VirtualEndpoint;
  readonly evidence: string;
}

/** Pods whose ServiceAccount has rights in the cluster, and pods of databases, whose manager talks to the API server. */
export function apiNeeds(context: AuditContext): ApiNeed[] {
  const bound = boundAccounts(context);
  const workloads = context.workloads.flatMap(({ document, namespace, serviceAccount, podSpec }) => {
    const binding = bound.get(`${namespace}/${serviceAccount}`);
    const pod = context.endpoints.find((each) => each.document === document);
    if (binding === undefined || pod === undefined || podSpec.automountServiceAccountToken === false) return [];
    return [{ pod, evidence: `${binding} gives its ServiceAccount rights` }];
  });
  const databases = context.ofKind("postgresql.cnpg.io", "Cluster").flatMap(({ object }) => {
    const name = nameOf(object);
    const namespace = object.metadata?.namespace ?? "default";
    const pod = context.endpoints.find(
      (each) => each.namespace === namespace && each.labels["cnpg.io/cluster"] === name,
    );
    return pod === undefined
      ? []
      : [{ pod, evidence: "the instance manager of CloudNativePG reads its Cluster there" }];
  });
  return [...workloads, ...databases];
}

/** ServiceAccounts with a role, and the binding that gives it. */
function boundAccounts(context: AuditContext): Map<string, string> {
  const bound = new Map<string, string>();
  for (const { object } of context.ofKind("rbac.authorization.k8s.io", "RoleBinding", "ClusterRoleBinding")) {
    for (const { item } of itemsAt(object, "subjects")) {
      if (item["kind"] !== "ServiceAccount") continue;
      const namespace = item["namespace"] ?? getAt(object, ["metadata", "namespace"]) ?? "default";
      bound.set(`${namespace}/${item["name"]}`, formatRef(objectRef(object)));
    }
  }
  return bound;
}
