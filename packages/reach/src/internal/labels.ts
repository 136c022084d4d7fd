/** A label with the source Cilium gives it: `k8s:app=web`, `reserved:world`. */
export interface Label {
  readonly source: string;
  readonly key: string;
  readonly value: string;
}

export const NAMESPACE_KEY = "io.kubernetes.pod.namespace";
export const NAMESPACE_LABELS_PREFIX = "io.cilium.k8s.namespace.labels";
export const CLUSTER_KEY = "io.cilium.k8s.policy.cluster";
export const SERVICE_ACCOUNT_KEY = "io.cilium.k8s.policy.serviceaccount";

const INCLUDED = [
  /io\.kubernetes\.pod\.namespace/,
  /io\.cilium\.k8s\.namespace\.labels/,
  /app\.kubernetes\.io/,
  /io\.cilium\.k8s\.policy\.cluster/,
  /io\.cilium\.k8s\.policy\.serviceaccount/,
];
const IGNORED = [
  /io\.kubernetes/,
  /kubernetes\.io/,
  /statefulset\.kubernetes\.io\/pod-name/,
  /apps\.kubernetes\.io\/pod-index/,
  /batch\.kubernetes\.io\/job-completion-index/,
  /batch\.kubernetes\.io\/controller-uid/,
  /.*beta\.kubernetes\.io/,
  /k8s\.io/,
  /pod-template-generation/,
  /pod-template-hash/,
  /controller-revision-hash/,
  /controller-uid/,
  /annotation.*/,
  /etcd_node/,
  /topology\.kubernetes\.io/,
];

/**
 * Cilium's default identity label filter: labels that fail it exist on the pod but no selector ever sees them.
 * A pattern counts only at the start of the key; the longest include must beat the shortest ignore.
 */
export function isIdentityLabel(key: string): boolean {
  const included = Math.max(...INCLUDED.map((pattern) => matchLength(pattern, key)));
  const ignores = IGNORED.map((pattern) => matchLength(pattern, key)).filter((length) => length > 0);
  if (ignores.length === 0) return true;
  return included > Math.min(...ignores);
}

function matchLength(pattern: RegExp, key: string): number {
  const match = pattern.exec(key);
  return match !== null && match.index === 0 ? match[0].length : 0;
}

/** Splits a selector key into source and key: `k8s:app`, `reserved:host`, `$host`, and `app` with the default source. */
export function parseSelectorKey(text: string, defaultSource: string): { source: string; key: string } {
  if (text.startsWith("$")) return { source: "reserved", key: text.slice(1) };
  const colon = text.indexOf(":");
  if (colon < 0) return { source: defaultSource, key: text };
  const source = text.slice(0, colon);
  return { source: source === "" ? defaultSource : source, key: text.slice(colon + 1) };
}

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Why the agent refuses this selector key, or undefined when it takes it. */
export function selectorKeyProblem(text: string): string | undefined {
  const parts = text.split(":");
  if (parts.length > 2) return "a label key takes at most one ':' (the source)";
  if (parts.length === 2 && !/^[A-Za-z0-9]+$/.test(parts[0] ?? "")) return "a label source is alphanumeric";
  const key = parts.at(-1) ?? "";
  const slash = key.indexOf("/");
  const name = key.slice(slash + 1);
  const prefixed = slash < 0 || (slash <= 253 && SUBDOMAIN.test(key.slice(0, slash)));
  return prefixed && name.length <= 63 && NAME.test(name) ? undefined : `"${key}" is not a label key`;
}

export function labelValueProblem(value: string): string | undefined {
  return value === "" || (value.length <= 63 && NAME.test(value)) ? undefined : `"${value}" is not a label value`;
}
