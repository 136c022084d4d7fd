import type { KeyPath } from "../internal/edit-tree.ts";
import { elementsOf, entriesOf, type MapNode, type TreeNode } from "../internal/tree.ts";
import { sameValues } from "./same-values.ts";

/** The smallest places at which documents differ; undefined when their number does. */
export function differences(
  ours: readonly MapNode[],
  theirs: readonly MapNode[],
): { readonly document: number; readonly keys: KeyPath }[] | undefined {
  if (ours.length !== theirs.length) return undefined;
  return ours.flatMap((root, document) => below(root, theirs[document], []).map((keys) => ({ document, keys })));
}

function below(ours: TreeNode | undefined, theirs: TreeNode | undefined, path: KeyPath): KeyPath[] {
  if (sameValues(ours, theirs)) return [];
  if (ours?.kind === "map" && theirs?.kind === "map") {
    const [own, other] = [entriesOf(ours), entriesOf(theirs)];
    const known = new Map(other.map(({ key, value }) => [key, value]));
    const keys = new Set(own.map(({ key }) => key));
    return [
      ...own.flatMap(({ key, value }) => below(value, known.get(key), [...path, key])),
      ...other.filter(({ key }) => !keys.has(key)).map(({ key }) => [...path, key]),
    ];
  }
  if (ours?.kind === "list" && theirs?.kind === "list") {
    const [own, other] = [elementsOf(ours), elementsOf(theirs)];
    if (own.length === other.length) {
      return own.flatMap(({ value }, index) => below(value, other[index]?.value, [...path, index]));
    }
  }
  return [path];
}
