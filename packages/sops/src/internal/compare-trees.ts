import { sameScalar } from "./scalar.ts";
import type { TreeNode } from "./tree.ts";

/** Whether two trees hold the same keys and values in the same order; comments count only when asked. */
export function sameTree(a: TreeNode, b: TreeNode, withComments: boolean): boolean {
  if (a === b) return true;
  if (a.kind === "leaf" || b.kind === "leaf") {
    return a.kind === "leaf" && b.kind === "leaf" && sameScalar(a.scalar, b.scalar);
  }
  if (a.kind !== b.kind) return false;
  const counts = (item: { kind: string }) => withComments || item.kind !== "comment";
  const left = a.items.filter(counts);
  const right = b.items.filter(counts);
  return (
    left.length === right.length &&
    left.every((item, index) => {
      const other = right[index];
      if (item.kind === "comment") return other?.kind === "comment" && item.text === other.text;
      if (other === undefined || other.kind === "comment") return false;
      const sameKey =
        item.kind === "entry" ? other.kind === "entry" && item.key === other.key : other.kind === "element";
      return sameKey && sameTree(item.value, other.value, withComments);
    })
  );
}
