import { type Defined, defined } from "./defined.ts";
import { assertLabel, assertName } from "./names.ts";

/** Head of every object a builder makes. */
export interface ObjectOptions {
  readonly name: string;
  readonly labels?: { readonly [key: string]: string } | undefined;
  readonly annotations?: { readonly [key: string]: string } | undefined;
}

/** Head of an object that lives in a namespace. */
export interface NamespacedOptions extends ObjectOptions {
  readonly namespace: string;
}

interface Metadata {
  name: string;
  namespace: string | undefined;
  labels: Record<string, string> | undefined;
  annotations: Record<string, string> | undefined;
}

/**
 * `metadata` of an object from the head of a builder's options; other options are left out.
 *
 * @throws TypeError for a name or namespace that the API server would refuse.
 * @example
 * ```ts
 * import { metadata } from "@idstack/manifests";
 * console.log(metadata({ name: "web", namespace: "apps" })); // { name: 'web', namespace: 'apps' }
 * ```
 */
export function metadata(options: ObjectOptions & { readonly namespace?: string | undefined }): Defined<Metadata> {
  const { name, namespace, labels, annotations } = options;
  assertName(name, "name");
  if (namespace !== undefined) assertLabel(namespace, "namespace");
  return defined<Metadata>({
    name,
    namespace,
    labels: labels && { ...labels },
    annotations: annotations && { ...annotations },
  });
}
