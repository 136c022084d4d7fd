import { formatRef, type KubeObject, type ManifestDocument, objectRef } from "@idstack/manifests";

/** Name of an object, `""` when it has none (generateName, broken documents). */
export function nameOf(object: KubeObject): string {
  return object.metadata?.name ?? "";
}

/** `Cluster databases/wiki-db (databases/wiki.yaml:1)`: for messages that point at a second object. */
export function describeWithPlace(document: ManifestDocument): string {
  const line = document.locate([])?.line;
  const place = document.file === undefined ? "" : ` (${document.file}${line === undefined ? "" : `:${line}`})`;
  return `${formatRef(objectRef(document.object))}${place}`;
}

/** `a, b and c`. */
export function enumerate(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
