import type { PolicyRule } from "@idstack/schemas/rbac.authorization.k8s.io/v1";

/** Rules of a role, and the justification for a `*` among them. */
export interface RulesOptions {
  readonly rules: readonly PolicyRule[];
  /** Why a `*` is needed; written to the annotation {@link WILDCARD_REASON}. Without it a `*` is a TypeError. */
  readonly allowWildcard?: string;
}

/** Annotation that carries the reason for a `*` in a role. */
export const WILDCARD_REASON = "idstack.dev/wildcard-reason";

/** Copies the rules; TypeError for one that grants nothing, or everything without a reason. */
export function checkedRules({ rules, allowWildcard }: RulesOptions, what: string): PolicyRule[] {
  if (allowWildcard !== undefined && allowWildcard.trim() === "") {
    throw new TypeError(`${what}: allowWildcard is the reason, in words`);
  }
  if (rules.length === 0) throw new TypeError(`${what}: a role without rules grants nothing`);
  for (const [index, rule] of rules.entries()) {
    const at = `${what}: rules[${index}]`;
    if (rule.verbs.length === 0) throw new TypeError(`${at}: no verbs`);
    // apiGroups is "" for the core group; forgetting it is the usual way to write a rule that grants nothing.
    if (rule.resources?.length && !rule.apiGroups?.length) throw new TypeError(`${at}: resources without apiGroups`);
    if (!rule.resources?.length && !rule.nonResourceURLs?.length)
      throw new TypeError(`${at}: neither resources nor URLs`);
    const found = wildcard(rule);
    if (found !== undefined && allowWildcard === undefined) {
      throw new TypeError(`${at}.${found} holds "*": name what is needed, or give the reason as allowWildcard`);
    }
  }
  return rules.map((rule) => ({ ...rule }));
}

function wildcard(rule: PolicyRule): string | undefined {
  const fields = ["verbs", "resources", "apiGroups", "nonResourceURLs"] as const;
  return fields.find((field) => rule[field]?.some((value) => value === "*" || value.startsWith("*/")));
}

/** Annotations with the reason for a wildcard among them. */
export function withReason(
  annotations: { readonly [key: string]: string } | undefined,
  reason: string | undefined,
): { readonly [key: string]: string } | undefined {
  return reason === undefined ? annotations : { ...annotations, [WILDCARD_REASON]: reason };
}
