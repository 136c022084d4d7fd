import type { CommentStack } from "../internal/selector.ts";
import type { LeafNode, TreeNode } from "../internal/tree.ts";

/** Where a leaf stands. The lists are those of the walk: copy what is kept. */
export interface LeafPlace {
  readonly keys: readonly string[];
  readonly path: readonly (string | number)[];
  readonly comments: CommentStack;
  /** Of the value, else of its key. */
  readonly offset: number | undefined;
}

/** Visits the leaves of a tree in order, as `walkTree` does, but builds nothing. */
export function eachLeaf(root: TreeNode, visit: (leaf: LeafNode, place: LeafPlace) => void): void {
  const keys: string[] = [];
  const path: (string | number)[] = [];
  const comments: string[][] = [];
  const walk = (node: TreeNode, offset: number | undefined): void => {
    if (node.kind === "leaf") {
      visit(node, { keys, path, comments, offset: node.span?.start ?? offset });
      return;
    }
    let active: string[] = [];
    let index = 0;
    for (const item of node.items) {
      if (item.kind === "comment") {
        active.push(item.text);
        continue;
      }
      const entry = item.kind === "entry" ? item : undefined;
      if (entry !== undefined) keys.push(entry.key);
      path.push(entry?.key ?? index);
      comments.push(active);
      active = [];
      index += 1;
      walk(item.value, entry?.keySpan?.start ?? offset);
      comments.pop();
      path.pop();
      if (entry !== undefined) keys.pop();
    }
  };
  walk(root, undefined);
}
