import { sameScalar } from "../internal/scalar.ts";
import { elementsOf, entriesOf, type TreeNode } from "../internal/tree.ts";

/** Whether two trees hold the same values; the order of keys and comments do not count. */
export function sameValues(a: TreeNode | undefined, b: TreeNode | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if (a.kind === "leaf") return b.kind === "leaf" && sameScalar(a.scalar, b.scalar);
  if (a.kind === "list") {
    if (b.kind !== "list") return false;
    const [left, right] = [elementsOf(a), elementsOf(b)];
    return left.length === right.length && left.every(({ value }, index) => sameValues(value, right[index]?.value));
  }
  if (b.kind !== "map") return false;
  const [left, right] = [entriesOf(a), entriesOf(b)];
  if (left.length !== right.length) return false;
  const known = new Map(right.map(({ key, value }) => [key, value]));
  // JSON and dotenv can hold a key twice: their order counts then.
  const unique = known.size === right.length && new Set(left.map(({ key }) => key)).size === left.length;
  if (unique) return left.every(({ key, value }) => sameValues(value, known.get(key)));
  return left.every(({ key, value }, index) => key === right[index]?.key && sameValues(value, right[index]?.value));
}
