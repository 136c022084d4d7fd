import type { KubeObject } from "@idstack/manifests";

type Json = unknown;
type Mapping = { readonly [key: string]: Json };

/**
 * Bugs planted in our engine: it reads policies from which the bug has already taken what it overlooks, Cilium reads
 * them as they are. A comparison that does not notice one is worth nothing.
 */
export const BUGS: { readonly [name: string]: (policy: KubeObject) => KubeObject } = {
  "deny rules ignored": (policy) =>
    edit(policy, (key, value) =>
      /^(in|e)gressDeny$/.test(key) && Array.isArray(value) ? value.map(() => ({})) : value,
    ),
  "except ignored": (policy) => edit(policy, (key, value) => (key === "except" ? undefined : value)),
  "default deny ignored": (policy) =>
    edit(policy, (key, value) =>
      (key === "spec" || key === "specs[]") && isCilium(policy)
        ? { ...(value as Mapping), enableDefaultDeny: { ingress: false, egress: false } }
        : value,
    ),
  "namespace of peers ignored": (policy) =>
    policy.kind === "CiliumNetworkPolicy"
      ? edit(policy, (key, value) =>
          /^(from|to)Endpoints$/.test(key) && Array.isArray(value) ? value.map(anyNamespace) : value,
        )
      : policy,
  "ports ignored": (policy) =>
    edit(policy, (key, value) => (["toPorts", "ports", "icmps"].includes(key) && isFilled(value) ? undefined : value)),
  "protocol ignored": (policy) =>
    isCilium(policy) ? edit(policy, (key, value) => (key === "protocol" ? undefined : value)) : policy,
  "endPort ignored": (policy) => edit(policy, (key, value) => (key === "endPort" ? undefined : value)),
  "enableDefaultDeny ignored": (policy) =>
    edit(policy, (key, value) => (key === "enableDefaultDeny" ? undefined : value)),
  "matchExpressions ignored": (policy) =>
    edit(policy, (key, value) => (key === "matchExpressions" ? undefined : value)),
  "second of specs ignored": (policy) =>
    edit(policy, (key, value) => (key === "specs" && Array.isArray(value) ? value.slice(0, 1) : value)),
  "empty list of peers read as absent": (policy) =>
    edit(policy, (key, value) =>
      /^(from|to)(Endpoints|Entities|CIDR|CIDRSet)$/.test(key) && Array.isArray(value) && value.length === 0
        ? undefined
        : value,
    ),
  "toPorts without ports read as every port": (policy) =>
    edit(policy, (key, value) =>
      ["toPorts", "icmps"].includes(key) && /^\[(\{("(ports|fields)":\[\])?\},?)+\]$/.test(JSON.stringify(value))
        ? undefined
        : value,
    ),
  "entity none read as all": (policy) => edit(policy, (_key, value) => (value === "none" ? "all" : value)),
  "policyTypes ignored": (policy) => edit(policy, (key, value) => (key === "policyTypes" ? undefined : value)),
  "HTTP rules ignored": (policy) => edit(policy, (key, value) => (key === "rules" ? undefined : value)),
};

/** Rebuilds an object; `undefined` removes a field. Members of `specs` are offered as `specs[]`. */
function edit(policy: KubeObject, change: (key: string, value: Json) => Json): KubeObject {
  return rebuild(policy, change) as KubeObject;
}

function rebuild(value: Json, change: (key: string, value: Json) => Json): Json {
  if (Array.isArray(value))
    return value.map((item) => rebuild(typeof item === "string" ? change("", item) : item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const offered = key === "specs" && Array.isArray(item) ? item.map((spec) => change("specs[]", spec)) : item;
      const changed = change(key, offered);
      return changed === undefined ? [] : [[key, rebuild(changed, change)]];
    }),
  );
}

function anyNamespace(raw: Json): Json {
  const selector = raw as { readonly matchLabels?: Mapping; readonly matchExpressions?: readonly Mapping[] };
  const text = JSON.stringify(selector);
  if (text.includes("namespace") || text.includes("reserved:")) return selector;
  const exists = { key: "k8s:io.kubernetes.pod.namespace", operator: "Exists" };
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), exists] };
}

function isFilled(value: Json): boolean {
  return Array.isArray(value) && value.length > 0;
}

function isCilium({ kind }: KubeObject): boolean {
  return kind !== "NetworkPolicy";
}
