import { metadata, type NamespacedOptions, type ObjectOptions } from "@idstack/manifests";
import type { CiliumClusterwideNetworkPolicy } from "@idstack/schemas/cilium.io/v2";
import { assertRules, type CiliumNetworkPolicyOptions, ciliumSpec } from "./cilium-network-policy.ts";

type Spec = NonNullable<CiliumClusterwideNetworkPolicy["spec"]>;

/** Options of {@link ciliumClusterwideNetworkPolicy}: pods by `endpointSelector`, or nodes by `nodeSelector`. */
export interface CiliumClusterwideNetworkPolicyOptions
  extends ObjectOptions,
    Omit<CiliumNetworkPolicyOptions, keyof NamespacedOptions | "spec"> {
  /** Makes it a host policy (needs Cilium's host firewall); then no `endpointSelector`. */
  readonly nodeSelector?: NonNullable<Spec["nodeSelector"]>;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<Spec>;
}

/**
 * A `cilium.io/v2` CiliumClusterwideNetworkPolicy.
 *
 * @throws TypeError without a selector, or with an empty `endpointSelector`: `{}` also selects Cilium's own health and
 * ingress endpoints and cuts them off. Select pods with
 * `{ matchExpressions: [{ key: "k8s:io.kubernetes.pod.namespace", operator: "Exists" }] }`.
 * @example
 * ```ts
 * import { ciliumClusterwideNetworkPolicy } from "@idstack/policy";
 * ciliumClusterwideNetworkPolicy({
 *   name: "no-metadata-service",
 *   endpointSelector: { matchExpressions: [{ key: "k8s:io.kubernetes.pod.namespace", operator: "Exists" }] },
 *   egressDeny: [{ toCIDR: ["169.254.169.254/32"] }],
 *   enableDefaultDeny: { egress: false },
 * });
 * ```
 */
export function ciliumClusterwideNetworkPolicy(
  options: CiliumClusterwideNetworkPolicyOptions,
): CiliumClusterwideNetworkPolicy {
  const { spec: extra, nodeSelector, ...rest } = options;
  const { endpointSelector, ...rules } = ciliumSpec(rest);
  const selector =
    nodeSelector !== undefined
      ? { nodeSelector }
      : options.endpointSelector !== undefined && endpointSelector !== undefined
        ? { endpointSelector }
        : {};
  const spec: Spec = { ...rules, ...selector, ...extra };
  const what = `CiliumClusterwideNetworkPolicy ${options.name}`;
  const endpoints = spec.endpointSelector;
  if ((endpoints === undefined) === (spec.nodeSelector === undefined)) {
    throw new TypeError(`${what}: give either endpointSelector or nodeSelector`);
  }
  if (endpoints && !endpoints.matchExpressions?.length && Object.keys(endpoints.matchLabels ?? {}).length === 0) {
    throw new TypeError(`${what}: an empty endpointSelector also selects Cilium's health and ingress endpoints`);
  }
  assertRules(spec, what);
  return { apiVersion: "cilium.io/v2", kind: "CiliumClusterwideNetworkPolicy", metadata: metadata(options), spec };
}
