import { defined, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { CiliumNetworkPolicy } from "@idstack/schemas/cilium.io/v2";

type Spec = NonNullable<CiliumNetworkPolicy["spec"]>;

/** Options of {@link ciliumNetworkPolicy}. */
export interface CiliumNetworkPolicyOptions extends NamespacedOptions {
  /** Pods of the policy's own namespace; default all of them. */
  readonly endpointSelector?: NonNullable<Spec["endpointSelector"]>;
  /** An item `{}` allows **nothing** but turns on default deny (the opposite of a NetworkPolicy). */
  readonly ingress?: NonNullable<Spec["ingress"]>;
  readonly ingressDeny?: NonNullable<Spec["ingressDeny"]>;
  /** An item `{}` allows **nothing** but turns on default deny (the opposite of a NetworkPolicy). */
  readonly egress?: NonNullable<Spec["egress"]>;
  readonly egressDeny?: NonNullable<Spec["egressDeny"]>;
  /** `false` for a direction keeps this policy from turning on default deny there. */
  readonly enableDefaultDeny?: NonNullable<Spec["enableDefaultDeny"]>;
  readonly description?: string;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<Spec>;
}

/**
 * A `cilium.io/v2` CiliumNetworkPolicy. Peer selectors reach only the policy's own namespace unless they name another
 * with the label `k8s:io.kubernetes.pod.namespace`.
 *
 * @throws TypeError when all four rule lists are missing or empty: the agent rejects such a rule without a word.
 * @example
 * ```ts
 * import { ciliumNetworkPolicy } from "@idstack/policy";
 * ciliumNetworkPolicy({ name: "no-world", namespace: "apps", egressDeny: [{ toEntities: ["world"] }] });
 * ```
 */
export function ciliumNetworkPolicy(options: CiliumNetworkPolicyOptions): CiliumNetworkPolicy {
  const spec = ciliumSpec(options);
  assertRules(spec, `CiliumNetworkPolicy ${options.namespace}/${options.name}`);
  return { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy", metadata: metadata(options), spec };
}

/** The rule that CiliumNetworkPolicy and its clusterwide twin share. */
export function ciliumSpec(options: Omit<CiliumNetworkPolicyOptions, keyof NamespacedOptions>): Spec {
  return {
    ...defined({ description: options.description }),
    endpointSelector: options.endpointSelector ?? {},
    ...defined({
      ingress: options.ingress,
      ingressDeny: options.ingressDeny,
      egress: options.egress,
      egressDeny: options.egressDeny,
      enableDefaultDeny: options.enableDefaultDeny,
    }),
    ...options.spec,
  };
}

export function assertRules(spec: Pick<Spec, "ingress" | "ingressDeny" | "egress" | "egressDeny">, what: string): void {
  const lists = [spec.ingress, spec.ingressDeny, spec.egress, spec.egressDeny];
  if (lists.every((list) => (list?.length ?? 0) === 0)) {
    throw new TypeError(`${what}: give at least one rule in ingress, ingressDeny, egress or egressDeny`);
  }
}
