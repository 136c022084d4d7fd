import { assertLabel } from "@idstack/manifests";

/** What {@link defaultDeny} says; {@link compile} turns it into objects. */
export interface DefaultDenyIntent {
  readonly intent: "default-deny";
  readonly namespace: string;
  readonly ingress: boolean;
  readonly egress: boolean;
}

/** Options of {@link defaultDeny}. */
export interface DefaultDenyOptions {
  /** Default true. */
  readonly ingress?: boolean;
  /** Default true. */
  readonly egress?: boolean;
}

/**
 * Nothing enters or leaves the pods of a namespace unless an {@link allow} says so. Kubelet probes still pass: both
 * Cilium and Kubernetes let the pod's own node in.
 *
 * @throws TypeError when both directions are off.
 * @example
 * ```ts
 * import { compile, defaultDeny } from "@idstack/policy";
 * console.log(compile("cilium", [defaultDeny("apps")]).objects.length); // 1
 * ```
 */
export function defaultDeny(namespace: string, options: DefaultDenyOptions = {}): DefaultDenyIntent {
  assertLabel(namespace, "defaultDeny");
  const { ingress = true, egress = true } = options;
  if (!ingress && !egress) throw new TypeError(`defaultDeny("${namespace}"): both directions are off`);
  return { intent: "default-deny", namespace, ingress, egress };
}
