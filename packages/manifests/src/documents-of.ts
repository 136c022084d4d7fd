import type { ManifestDocument } from "./document.ts";
import { hasPatchDirective, isEncrypted } from "./internal/marks.ts";
import type { KubeObject } from "./kube-object.ts";

/**
 * Wraps objects that come from code, so that they can go where parsed files go. They have no file and no positions.
 *
 * @example
 * ```ts
 * import { documentsOf, workloads } from "@idstack/manifests";
 * const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: { containers: [] } };
 * console.log(workloads(documentsOf([pod]))[0]?.serviceAccount); // default
 * ```
 */
export function documentsOf(objects: readonly KubeObject[]): ManifestDocument[] {
  return objects.map((object) => ({
    object,
    encrypted: isEncrypted(object as unknown as Record<string, unknown>),
    patch: hasPatchDirective(object),
    locate: () => undefined,
  }));
}

/** Whether an input is a document (it can locate its nodes) or a bare object. */
export function isDocument(input: KubeObject | ManifestDocument): input is ManifestDocument {
  return "locate" in input && typeof input.locate === "function" && "object" in input;
}
