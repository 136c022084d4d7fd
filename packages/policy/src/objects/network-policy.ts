import { defined, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { NetworkPolicy } from "@idstack/schemas/networking.k8s.io/v1";

type Spec = NonNullable<NetworkPolicy["spec"]>;

/** Options of {@link networkPolicy}. */
export interface NetworkPolicyOptions extends NamespacedOptions {
  /** Pods the policy is about; default every pod of the namespace. */
  readonly podSelector?: NonNullable<Spec["podSelector"]>;
  /** `[]` denies all; an item `{}` allows **everything**, the world included. */
  readonly ingress?: NonNullable<Spec["ingress"]>;
  /** `[]` denies all; an item `{}` allows **everything**, the world included. */
  readonly egress?: NonNullable<Spec["egress"]>;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<Spec>;
}

/**
 * A `networking.k8s.io/v1` NetworkPolicy. `policyTypes` follows from the directions given, because leaving it out makes
 * a policy with only `egress` deny all ingress as well.
 *
 * @throws TypeError when neither direction (nor `spec.policyTypes`) is given: such a policy would deny all ingress.
 * @example
 * ```ts
 * import { networkPolicy } from "@idstack/policy";
 * networkPolicy({ name: "metrics", namespace: "apps", ingress: [{ ports: [{ protocol: "TCP", port: 9090 }] }] });
 * ```
 */
export function networkPolicy(options: NetworkPolicyOptions): NetworkPolicy {
  const ingress = options.spec?.ingress ?? options.ingress;
  const egress = options.spec?.egress ?? options.egress;
  const policyTypes = [...(ingress ? ["Ingress"] : []), ...(egress ? ["Egress"] : [])];
  if (policyTypes.length === 0 && options.spec?.policyTypes === undefined) {
    throw new TypeError(`NetworkPolicy ${options.namespace}/${options.name}: give ingress, egress or spec.policyTypes`);
  }
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadata(options),
    spec: {
      podSelector: options.podSelector ?? {},
      ...defined({ ingress: options.ingress, egress: options.egress }),
      policyTypes: policyTypes as NonNullable<Spec["policyTypes"]>,
      ...options.spec,
    },
  };
}
