import type { DecryptedDocuments, Stash } from "../internal/decrypt-documents.ts";
import type { LeafNode, TreeNode } from "../internal/tree.ts";

/**
 * Copies nodes of one version for the tree of another, without positions. Envelopes move along when both files have the
 * same data key.
 */
export function adopter(from: DecryptedDocuments, sameKey: boolean, stash: Stash): <N extends TreeNode>(node: N) => N {
  const copy = (node: TreeNode): TreeNode => {
    if (node.kind === "leaf") {
      const leaf: LeafNode = { kind: "leaf", scalar: node.scalar };
      const envelope = from.stash.leaves.get(node);
      if (sameKey && envelope !== undefined) stash.leaves.set(leaf, envelope);
      return leaf;
    }
    if (node.kind === "list") {
      const items = node.items.map((item): (typeof node.items)[number] =>
        item.kind === "comment" ? { kind: "comment", text: item.text } : { kind: "element", value: copy(item.value) },
      );
      return { kind: "list", items };
    }
    const items = node.items.map((item): (typeof node.items)[number] =>
      item.kind === "comment"
        ? { kind: "comment", text: item.text }
        : { kind: "entry", key: item.key, value: copy(item.value) },
    );
    return node.commentsFollow === true ? { kind: "map", items, commentsFollow: true } : { kind: "map", items };
  };
  return <N extends TreeNode>(node: N) => copy(node) as N;
}
