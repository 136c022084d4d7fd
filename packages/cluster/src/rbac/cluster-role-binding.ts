import { metadata, type ObjectOptions } from "@idstack/manifests";
import type { ClusterRoleBinding } from "@idstack/schemas/rbac.authorization.k8s.io/v1";
import { type SubjectRef, subjects } from "./subjects.ts";

/** Options of {@link clusterRoleBinding}. */
export interface ClusterRoleBindingOptions extends ObjectOptions {
  readonly clusterRole: string;
  /** Who gets it: `"namespace/serviceaccount"`, `{ user }` or `{ group }`. */
  readonly subjects: readonly SubjectRef[];
  /** Why `cluster-admin` is bound; without it that is a TypeError. */
  readonly allowClusterAdmin?: string;
}

/** Annotation that carries the reason for binding `cluster-admin`. */
export const CLUSTER_ADMIN_REASON = "idstack.dev/cluster-admin-reason";

/**
 * A ClusterRoleBinding: gives a ClusterRole in every namespace. Prefer {@link roleBinding} where one will do.
 *
 * @throws TypeError without subjects, for a group that holds everybody, or for `cluster-admin` without a reason.
 * @example
 * ```ts
 * import { clusterRoleBinding } from "@idstack/cluster";
 * clusterRoleBinding({ name: "metrics-nodes", clusterRole: "read-nodes", subjects: ["monitoring/vmagent"] });
 * ```
 */
export function clusterRoleBinding(options: ClusterRoleBindingOptions): ClusterRoleBinding {
  const { clusterRole, allowClusterAdmin: reason } = options;
  const what = `ClusterRoleBinding ${options.name}`;
  if (clusterRole === "cluster-admin" && !reason?.trim()) {
    throw new TypeError(`${what}: cluster-admin may do everything: bind less, or give the reason as allowClusterAdmin`);
  }
  const annotations =
    reason === undefined ? {} : { annotations: { ...options.annotations, [CLUSTER_ADMIN_REASON]: reason } };
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: metadata({ ...options, ...annotations }),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole },
    subjects: subjects(options.subjects, what),
  };
}
