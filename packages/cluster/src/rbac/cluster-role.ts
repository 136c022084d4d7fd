import { defined, metadata, type ObjectOptions } from "@idstack/manifests";
import type { ClusterRole } from "@idstack/schemas/rbac.authorization.k8s.io/v1";
import { checkedRules, type RulesOptions, withReason } from "./rules.ts";

/** Options of {@link clusterRole}. */
export interface ClusterRoleOptions extends ObjectOptions, RulesOptions {}

/**
 * A ClusterRole: permissions in every namespace and on cluster-wide objects. Prefer {@link role} where one namespace
 * will do.
 *
 * @throws TypeError for a rule that grants nothing, or holds a `*` without `allowWildcard: "reason"`.
 * @example
 * ```ts
 * import { clusterRole } from "@idstack/cluster";
 * clusterRole({ name: "read-nodes", rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "list"] }] });
 * ```
 */
export function clusterRole(options: ClusterRoleOptions): ClusterRole {
  const rules = checkedRules(options, `ClusterRole ${options.name}`);
  const annotations = withReason(options.annotations, options.allowWildcard);
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: metadata({ ...options, ...defined({ annotations }) }),
    rules,
  };
}
