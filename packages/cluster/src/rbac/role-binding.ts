import { metadata, type NamespacedOptions } from "@idstack/manifests";
import type { RoleBinding } from "@idstack/schemas/rbac.authorization.k8s.io/v1";
import { type SubjectRef, subjects } from "./subjects.ts";

/** Options of {@link roleBinding}: exactly one of `role` and `clusterRole`. */
export type RoleBindingOptions = NamespacedOptions & {
  /** Who gets it: `"namespace/serviceaccount"`, `{ user }` or `{ group }`. */
  readonly subjects: readonly SubjectRef[];
} & ({ readonly role: string } | { readonly clusterRole: string });

/**
 * A RoleBinding: gives a Role, or the rules of a ClusterRole within this one namespace.
 *
 * @throws TypeError without subjects, or for a group that holds everybody.
 * @example
 * ```ts
 * import { roleBinding } from "@idstack/cluster";
 * roleBinding({ name: "web-reads-config", namespace: "apps", role: "read-config", subjects: ["apps/web"] });
 * ```
 */
export function roleBinding(options: RoleBindingOptions): RoleBinding {
  const [kind, name] = "role" in options ? ["Role", options.role] : ["ClusterRole", options.clusterRole];
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: metadata(options),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
    subjects: subjects(options.subjects, `RoleBinding ${options.namespace}/${options.name}`),
  };
}
