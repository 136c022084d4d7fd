import type { EncryptedDocument } from "../internal/encrypted-file.ts";
import { applyPatches, type Patch } from "../internal/patch.ts";
import { str } from "../internal/scalar.ts";
import { type MapNode, walkTree } from "../internal/tree.ts";
import type { Store } from "./store.ts";

/** An encrypted text with metadata: values in their places, or the whole anew where the format asks for it. */
export function storeSealedText(
  store: Store,
  text: string,
  plain: MapNode,
  sealed: MapNode,
  metadata: MapNode,
): string {
  if (!store.inPlace) return store.emit(sealed, metadata);
  return applyPatches(text, [...valuePatches(store, plain, sealed), store.addMetadata(text, plain, metadata)]);
}

/** The plaintext of an encrypted text. */
export function storePlainText(store: Store, text: string, source: EncryptedDocument, root: MapNode): string {
  if (!store.inPlace) return store.emit(root);
  const block = source.block === undefined ? [] : store.dropMetadata(text, source.root, source.block);
  return applyPatches(text, [...valuePatches(store, source.root, root), ...block]);
}

/** Replaces each value and comment that differs; what stays plain keeps its own spelling. */
function valuePatches(store: Store, before: MapNode, after: MapNode): Patch[] {
  const known = new Set<unknown>();
  const remember = (item: unknown): void => void known.add(item);
  walkTree(before, { leaf: remember, comment: remember });
  const patches: Patch[] = [];
  walkTree(after, {
    leaf(leaf, { path }) {
      if (leaf.span !== undefined && !known.has(leaf)) {
        patches.push({ ...leaf.span, text: store.leaf(leaf.scalar, path) });
      }
    },
    comment(comment) {
      if (comment.span === undefined || known.has(comment)) return;
      // Only YAML lists hold comments; elsewhere an encrypted one is a string.
      const element = comment.opened === "element";
      patches.push({ ...comment.span, text: element ? store.leaf(str(comment.text), []) : comment.text });
    },
  });
  return patches;
}
