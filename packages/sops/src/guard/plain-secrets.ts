import { isEnvelope } from "../internal/envelope.ts";
import { elementsOf, entriesOf, entryOf, type LeafNode, type MapNode, type TreeNode } from "../internal/tree.ts";

/** A value of a Kubernetes Secret that stands in the clear. */
export interface PlainSecretValue {
  readonly leaf: LeafNode;
  readonly path: readonly (string | number)[];
  readonly keys: readonly string[];
}

export interface SecretFinding {
  readonly name: string;
  readonly plain: readonly PlainSecretValue[];
  /** Some of its values are encrypted: which ones was a choice of the file's rule. */
  readonly partlyEncrypted: boolean;
}

/** The Kubernetes Secrets of a document, those inside a List included, and their values that are not encrypted. */
export function plainSecrets(root: MapNode, path: readonly (string | number)[] = []): SecretFinding[] {
  const kind = textAt(root, "kind");
  if (kind === "List" || kind === "SecretList") {
    const items = entryOf(root, "items")?.value;
    if (items?.kind !== "list") return [];
    return elementsOf(items).flatMap(({ value }, index) =>
      value.kind === "map" ? plainSecrets(value, [...path, "items", index]) : [],
    );
  }
  if (kind !== "Secret" || !/^v1$|^$/.test(textAt(root, "apiVersion"))) return [];
  // A kustomize patch that removes a Secret holds none.
  if (textAt(root, "$patch") === "delete") return [];
  const leaves = ["data", "stringData"].flatMap((field) => {
    const value = entryOf(root, field)?.value;
    return value?.kind === "map" ? leavesOf(value, [...path, field], [field]) : [];
  });
  const metadata = entryOf(root, "metadata")?.value;
  const name = metadata?.kind === "map" ? textAt(metadata, "name") : "";
  const plain = leaves.filter(({ leaf }) => holdsPlaintext(leaf));
  const partlyEncrypted = leaves.some(({ leaf }) => leaf.scalar.type === "str" && isEnvelope(leaf.scalar.value));
  return plain.length === 0 ? [] : [{ name, plain, partlyEncrypted }];
}

/** Neither encrypted, nor empty, nor a placeholder that something else fills in. */
function holdsPlaintext({ scalar }: LeafNode): boolean {
  if (scalar.type === "null") return false;
  if (scalar.type !== "str") return true;
  const value = scalar.value.trim();
  return value !== "" && !isEnvelope(value) && !isPlaceholder(value);
}

/** Helm and Go templates, Flux and shell substitution, Argo CD vault plugin paths, vals references. */
function isPlaceholder(value: string): boolean {
  return (
    /\{\{.*\}\}/s.test(value) ||
    /^\$\{[\w.:=-]+\}$/.test(value) ||
    /^\$\([\w.]+\)$/.test(value) ||
    /^<path:[^>]+>$/.test(value) ||
    /^ref\+\w+:\/\/\S+$/.test(value)
  );
}

function leavesOf(node: TreeNode, path: readonly (string | number)[], keys: readonly string[]): PlainSecretValue[] {
  if (node.kind === "leaf") return [{ leaf: node, path, keys }];
  if (node.kind === "map") {
    return entriesOf(node).flatMap(({ key, value }) => leavesOf(value, [...path, key], [...keys, key]));
  }
  return elementsOf(node).flatMap(({ value }, index) => leavesOf(value, [...path, index], keys));
}

function textAt(map: MapNode, key: string): string {
  const value = entryOf(map, key)?.value;
  return value?.kind === "leaf" && value.scalar.type === "str" ? value.scalar.value : "";
}
