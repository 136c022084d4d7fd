import type { ManifestDocument } from "./document.ts";
import { listItems } from "./internal/list.ts";
import { hasPatchDirective, isEncrypted } from "./internal/marks.ts";
import { isMapping } from "./internal/plain.ts";
import type { KubeObject } from "./kube-object.ts";

/**
 * Wraps objects that come from code, so that they can go where parsed files go. They have no file and no positions.
 * Items of List kinds stand for themselves, as they do when parsed.
 *
 * @example
 * ```ts
 * import { documentsOf, workloads } from "@idstack/manifests";
 * const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: { containers: [] } };
 * console.log(workloads(documentsOf([pod]))[0]?.serviceAccount); // default
 * ```
 */
export function documentsOf(objects: readonly KubeObject[]): ManifestDocument[] {
  return objects.flatMap((object) => {
    const fields = object as unknown as Record<string, unknown>;
    const items = listItems(fields);
    if (items !== undefined) return documentsOf(items.filter(isMapping) as unknown as KubeObject[]);
    return { object, encrypted: isEncrypted(fields), patch: hasPatchDirective(object), locate: () => undefined };
  });
}

/** Whether an input is a document (it can locate its nodes) or a bare object. */
export function isDocument(input: KubeObject | ManifestDocument): input is ManifestDocument {
  return "locate" in input && typeof input.locate === "function" && "object" in input;
}
