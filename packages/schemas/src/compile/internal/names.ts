const NATIVE = /^io\.k8s\.(api|apimachinery|apiextensions-apiserver|kube-aggregator)\./;
const REF = "#/components/schemas/";

/** Whether a served schema comes from the Go types of Kubernetes itself rather than from a custom resource. */
export function isNative(servedName: string): boolean {
  return NATIVE.test(servedName);
}

/** `io.k8s.api.core.v1.PodSpec` → `core.v1.PodSpec`: the last three parts, which are unique (the tests check it). */
export function definitionName(servedName: string): string {
  return servedName.split(".").slice(-3).join(".");
}

/** The served name that a `$ref` points to. */
export function refTarget(ref: string): string {
  if (!ref.startsWith(REF)) throw new Error(`unexpected $ref ${ref}`);
  return ref.slice(REF.length);
}

/** `toEndpoints` → `ToEndpoints`, `x-kubernetes-map` → `XKubernetesMap`. */
export function pascalCase(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("");
}
