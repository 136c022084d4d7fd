import { storePlainText } from "../stores/store-text.ts";
import { emitScalar, emitTree } from "./emit.ts";
import type { EncryptedDocument, EncryptedFile } from "./encrypted-file.ts";
import { applyPatches, type Patch } from "./patch.ts";
import { lineEnd, lineStart } from "./position.ts";
import { type CommentItem, type LeafNode, type MapNode, type TreeNode, walkTree } from "./tree.ts";

/** The plaintext of an encrypted file: its own text, with values in place of envelopes and without `sops` blocks. */
export function plainText(source: EncryptedFile, roots: readonly MapNode[]): string {
  const { store } = source;
  if (store !== undefined) {
    const [root] = roots;
    const [document] = source.documents;
    return root === undefined || document === undefined ? "" : storePlainText(store, source.text, document, root);
  }
  const patchable = source.documents.every(({ rewrite, block, root }) => {
    return !rewrite && root.flow !== true && (block === undefined || blockSpan(source.text, block.value) !== undefined);
  });
  if (!patchable) return roots.map((root) => emitTree(root)).join("---\n");
  const patches = source.documents.flatMap((document, index) => {
    const root = roots[index];
    return root === undefined ? [] : documentPatches(source.text, document, root);
  });
  return applyPatches(source.text, patches);
}

function documentPatches(text: string, document: EncryptedDocument, root: MapNode): Patch[] {
  const patches = new Map<number, Patch>();
  walkTree(root, {
    leaf(leaf) {
      const patch = leafPatch(text, leaf);
      if (patch !== undefined) patches.set(patch.start, patch);
    },
    comment(comment) {
      const patch = commentPatch(comment);
      if (patch !== undefined) patches.set(patch.start, patch);
    },
  });
  const { block } = document;
  const end = block && blockSpan(text, block.value);
  if (block?.keySpan !== undefined && end !== undefined) {
    const start = lineStart(text, block.keySpan.start);
    patches.set(start, { start, end, text: "" });
  }
  return [...patches.values()];
}

/** Where the text of a `sops` block ends: after the line of its last value. */
export function blockSpan(text: string, value: TreeNode): number | undefined {
  if (value.span === undefined) return undefined;
  const last = Math.max(value.span.start, value.span.end - 1);
  return lineEnd(text, last);
}

function leafPatch(text: string, leaf: LeafNode): Patch | undefined {
  const { scalar, span } = leaf;
  // What was never encrypted keeps its own spelling.
  if (span === undefined || leaf.opened !== true) return undefined;
  if (leaf.block === true) return { ...span, text: `${emitScalar(scalar)}\n` };
  if (leaf.flow === true) return { ...span, text: emitScalar(scalar, { flow: true }) };
  const rest = text.slice(span.end, lineEnd(text, span.end));
  const alone = rest.trim() === "" && rest.endsWith("\n");
  const plain = emitScalar(scalar, { blockIndent: alone ? blockIndent(text, span.start) : undefined });
  return { ...span, text: plain };
}

/** The column for lines of a block scalar that starts at an offset: deeper than its key or dash. */
function blockIndent(text: string, start: number): number {
  const from = lineStart(text, start);
  const lead = /^ *(?:- +)*/.exec(text.slice(from, start))?.[0].length ?? 0;
  return lead === start - from ? lead : lead + 2;
}

function commentPatch(comment: CommentItem): Patch | undefined {
  const { span, opened } = comment;
  if (span === undefined || opened === undefined) return undefined;
  return { ...span, text: opened === "element" ? `#${comment.text}` : comment.text };
}
