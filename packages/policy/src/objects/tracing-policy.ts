import { metadata, type NamespacedOptions, type ObjectOptions } from "@idstack/manifests";
import type { TracingPolicy, TracingPolicyNamespaced } from "@idstack/schemas/cilium.io/v1alpha1";
import { PolicyError } from "../errors.ts";
import { tracingPolicyLimits } from "../tetragon/limits.ts";

type ClusterSpec = NonNullable<TracingPolicy["spec"]>;
type NamespacedSpec = NonNullable<TracingPolicyNamespaced["spec"]>;

/** Options of {@link tracingPolicy}. */
export interface TracingPolicyOptions extends ObjectOptions {
  /** The whole policy: hooks, their selectors, and `podSelector` so that the host is not hit. */
  readonly spec: ClusterSpec;
}

/** Options of {@link tracingPolicyNamespaced}. */
export interface TracingPolicyNamespacedOptions extends NamespacedOptions {
  /** The whole policy. Tetragon identifies policies by name alone: give each namespace's policy a name of its own. */
  readonly spec: NamespacedSpec;
}

/**
 * A `cilium.io/v1alpha1` TracingPolicy. Without `podSelector`, `containerSelector` or `hostSelector` it applies to every
 * process of the host as well.
 *
 * @throws PolicyError `LIMIT_EXCEEDED` when Tetragon would refuse it for its size.
 * @example
 * ```ts
 * import { tracingPolicy } from "@idstack/policy";
 * tracingPolicy({
 *   name: "watch-setuid",
 *   spec: { podSelector: {}, kprobes: [{ call: "sys_setuid", syscall: true, args: [{ index: 0, type: "int" }] }] },
 * });
 * ```
 */
export function tracingPolicy(options: TracingPolicyOptions): TracingPolicy {
  return checked({
    apiVersion: "cilium.io/v1alpha1",
    kind: "TracingPolicy",
    metadata: metadata(options),
    spec: { ...options.spec },
  });
}

/**
 * A `cilium.io/v1alpha1` TracingPolicyNamespaced: applies to the pods of its namespace, never to the host.
 *
 * @throws PolicyError `LIMIT_EXCEEDED` when Tetragon would refuse it for its size.
 * @example
 * ```ts
 * import { tracingPolicyNamespaced } from "@idstack/policy";
 * tracingPolicyNamespaced({
 *   name: "watch-connect-apps",
 *   namespace: "apps",
 *   spec: { kprobes: [{ call: "tcp_connect", syscall: false, args: [{ index: 0, type: "sock" }] }] },
 * });
 * ```
 */
export function tracingPolicyNamespaced(options: TracingPolicyNamespacedOptions): TracingPolicyNamespaced {
  return checked({
    apiVersion: "cilium.io/v1alpha1",
    kind: "TracingPolicyNamespaced",
    metadata: metadata(options),
    spec: { ...options.spec },
  });
}

function checked<T extends TracingPolicy | TracingPolicyNamespaced>(policy: T): T {
  const found = tracingPolicyLimits(policy);
  const [first] = found;
  if (first === undefined) return policy;
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : "";
  throw new PolicyError("LIMIT_EXCEEDED", `${policy.kind} ${policy.metadata?.name}: ${first.message}${more}`, found);
}
