import type { KubeObject, ObjectRef } from "./kube-object.ts";

/**
 * What identifies an object: type, namespace and name. A missing name is the empty string, a missing namespace stays
 * missing (only the schema of its kind tells whether that means `default` or cluster-wide).
 *
 * @example
 * ```ts
 * import { formatRef, objectRef } from "@idstack/manifests";
 * const web = { apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace: "apps", name: "web" } };
 * console.log(formatRef(objectRef(web))); // Deployment apps/web
 * ```
 */
export function objectRef(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata ?? {};
  const ref = { apiVersion: object.apiVersion, kind: object.kind, name: name ?? "" };
  return namespace === undefined ? ref : { ...ref, namespace };
}

/** `Deployment apps/web`, or `Namespace apps` where there is no namespace. */
export function formatRef(ref: ObjectRef): string {
  const name = ref.name === "" ? "(no name)" : ref.name;
  return `${ref.kind} ${ref.namespace === undefined ? "" : `${ref.namespace}/`}${name}`;
}

/** The group of an `apiVersion`: `apps` of `apps/v1`, and `""` (the core group) of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}
