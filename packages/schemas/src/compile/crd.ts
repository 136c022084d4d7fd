import type { ServedSchema } from "./recording.ts";

/** As much of a CustomResourceDefinition (`apiextensions.k8s.io/v1`) as its schemas depend on. */
export interface Crd {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: "Namespaced" | "Cluster";
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly CrdVersion[];
  };
}

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: { readonly openAPIV3Schema: ServedSchema };
  readonly subresources?: { readonly status?: object };
}

/**
 * Whether a document says that it is a CustomResourceDefinition; what else it holds is for `crdProblems` to judge.
 *
 * @example
 * ```ts
 * import { isCrd } from "@idstack/schemas/compile";
 * console.log(isCrd({ apiVersion: "v1", kind: "Pod" })); // false
 * ```
 */
export function isCrd(value: unknown): boolean {
  const { apiVersion, kind } = (value ?? {}) as { readonly apiVersion?: unknown; readonly kind?: unknown };
  return apiVersion === "apiextensions.k8s.io/v1" && kind === "CustomResourceDefinition";
}
