import { defined } from "./internal/defined.ts";
import { assertLabel, assertName } from "./internal/names.ts";

/** Head of every object a builder makes. */
export interface ObjectOptions {
  readonly name: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
}

/** Head of an object that lives in a namespace. */
export interface NamespacedOptions extends ObjectOptions {
  readonly namespace: string;
}

/** `metadata` from the head of the options. */
export function metadata(options: ObjectOptions & { readonly namespace?: string }) {
  assertName(options.name, "name");
  if (options.namespace !== undefined) assertLabel(options.namespace, "namespace");
  return defined({
    name: options.name,
    namespace: options.namespace,
    labels: options.labels === undefined ? undefined : { ...options.labels },
    annotations: options.annotations === undefined ? undefined : { ...options.annotations },
  });
}
