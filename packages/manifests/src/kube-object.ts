/**
 * A Kubernetes object as plain data, as `JSON.stringify` or any other tool takes it.
 *
 * The generated types of `@idstack/schemas` and the classes of `kubernetes-models` are assignable to it. Fields beyond
 * the common head (`spec`, `data`, …) are read with {@link getAt}, or by narrowing to a generated type.
 */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: KubeMetadata | undefined;
}

/** The part of `metadata` that identifies and labels an object. */
export interface KubeMetadata {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly labels?: { readonly [key: string]: string } | undefined;
  readonly annotations?: { readonly [key: string]: string } | undefined;
}

/** `apps/web Deployment`-style reference to an object: what messages and reports print. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}
