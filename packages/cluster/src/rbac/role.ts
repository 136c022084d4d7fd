import { defined, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { Role } from "@idstack/schemas/rbac.authorization.k8s.io/v1";
import { checkedRules, type RulesOptions, withReason } from "./rules.ts";

/** Options of {@link role}. */
export interface RoleOptions extends NamespacedOptions, RulesOptions {}

/**
 * A Role: permissions within one namespace.
 *
 * @throws TypeError for a rule that grants nothing, or holds a `*` without `allowWildcard: "reason"`, or names URLs, which only a ClusterRole can grant.
 * @example
 * ```ts
 * import { role } from "@idstack/cluster";
 * role({
 *   name: "read-config",
 *   namespace: "apps",
 *   rules: [{ apiGroups: [""], resources: ["configmaps"], resourceNames: ["web"], verbs: ["get"] }],
 * });
 * ```
 */
export function role(options: RoleOptions): Role {
  const what = `Role ${options.namespace}/${options.name}`;
  const rules = checkedRules(options, what);
  const outside = rules.findIndex(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0);
  if (outside !== -1)
    throw new TypeError(`${what}: rules[${outside}].nonResourceURLs are in no namespace: use clusterRole`);
  const annotations = withReason(options.annotations, options.allowWildcard);
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: metadata({ ...options, ...defined({ annotations }) }),
    rules,
  };
}
