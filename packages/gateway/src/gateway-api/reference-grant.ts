import { metadata, type NamespacedOptions } from "@idstack/manifests";
import type { ReferenceGrant } from "@idstack/schemas/gateway.networking.k8s.io/v1";

/** Options of {@link referenceGrant}; `namespace` is that of what may be referred to. */
export interface ReferenceGrantOptions extends NamespacedOptions {
  /** Namespace of the objects that refer. */
  readonly from: { readonly kind: "HTTPRoute" | "Gateway"; readonly namespace: string };
  /** The one object that may be referred to. */
  readonly to: { readonly kind: "Service" | "Secret"; readonly name: string };
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<ReferenceGrant["spec"]>;
}

/**
 * A `gateway.networking.k8s.io/v1` ReferenceGrant: lets routes of another namespace use one Service, or Gateways of
 * another namespace one Secret. Naming the object is required here; without it all of the namespace would be open.
 *
 * @example
 * ```ts
 * import { referenceGrant } from "@idstack/gateway";
 * referenceGrant({
 *   name: "routes-to-web",
 *   namespace: "apps",
 *   from: { kind: "HTTPRoute", namespace: "routes" },
 *   to: { kind: "Service", name: "web" },
 * });
 * ```
 */
export function referenceGrant(options: ReferenceGrantOptions): ReferenceGrant {
  const { from, to } = options;
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "ReferenceGrant",
    metadata: metadata(options),
    spec: {
      from: [{ group: "gateway.networking.k8s.io", kind: from.kind, namespace: from.namespace }],
      to: [{ group: "", kind: to.kind, name: to.name }],
      ...options.spec,
    },
  };
}
