import type { ResolvedFacts } from "../cluster-facts.ts";
import { CLUSTER_KEY, NAMESPACE_KEY, NAMESPACE_LABELS_PREFIX } from "../labels.ts";
import { equals, exists, hasKey, type Requirement } from "../selector.ts";

/**
 * Adds what a peer selector of Cilium implies: the policy's own namespace, or for a clusterwide policy any namespace,
 * and the local cluster.
 */
export function scopePeer(
  requirements: readonly Requirement[],
  namespace: string | undefined,
  matchesInit: boolean,
  facts: ResolvedFacts,
): readonly Requirement[] {
  if (requirements.some(({ source }) => source === "reserved")) return requirements;
  const scoped = [...requirements];
  if (!hasKey(scoped, "k8s", NAMESPACE_KEY) && !hasKey(scoped, "any", NAMESPACE_KEY)) {
    const byNamespaceLabels = scoped.some(
      ({ source, key }) => (source === "k8s" || source === "any") && key.startsWith(`${NAMESPACE_LABELS_PREFIX}.`),
    );
    if (namespace === undefined) {
      // Initializing pods have no namespace, so a policy for them must not demand one.
      if (!matchesInit) scoped.push(exists("k8s", NAMESPACE_KEY));
    } else if (!byNamespaceLabels) {
      scoped.push(equals("k8s", NAMESPACE_KEY, namespace));
    }
  }
  if (!hasKey(scoped, "k8s", CLUSTER_KEY) && !hasKey(scoped, "any", CLUSTER_KEY)) {
    scoped.push(equals("k8s", CLUSTER_KEY, facts.clusterName));
  }
  return scoped;
}

/** The policy's own namespace replaces a namespace written in matchLabels and joins one written any other way. */
export function scopeSubject(requirements: readonly Requirement[], namespace: string | undefined): Requirement[] {
  if (namespace === undefined) return [...requirements];
  const kept = requirements.filter(
    ({ source, key, exact }) => !(exact === true && source === "k8s" && key === NAMESPACE_KEY),
  );
  return [...kept, equals("k8s", NAMESPACE_KEY, namespace)];
}
