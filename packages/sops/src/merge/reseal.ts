import { applyPatches, type Patch } from "../internal/patch.ts";
import { str } from "../internal/scalar.ts";
import { walkTree } from "../internal/tree.ts";
import type { CanonicalEnvelopes } from "./canonical-envelopes.ts";
import type { Version } from "./open-versions.ts";

const ENVELOPE = /ENC\[AES256_GCM,[^\]]*\]/;

/** The text of a version with every envelope replaced by the canonical one; all else keeps its bytes. */
export function reseal(version: Version, envelopes: CanonicalEnvelopes, more: readonly Patch[] = []): string {
  return applyPatches(version.source.text, [...resealPatches(version, envelopes), ...more]);
}

function resealPatches({ source, documents }: Version, envelopes: CanonicalEnvelopes): Patch[] {
  const { text, store } = source;
  // By position: an alias stands for a value that is elsewhere.
  const patches = new Map<number, Patch>();
  const replace = (span: { start: number; end: number }, after: string, anew: () => string) => {
    const before = text.slice(span.start, span.end);
    // Folded by another tool, the envelope does not stand in the text as it is.
    const now = ENVELOPE.test(before) ? before.replace(ENVELOPE, () => after) : anew();
    if (now !== before) patches.set(span.start, { start: span.start, end: span.end, text: now });
  };
  for (const [document, root] of documents.roots.entries()) {
    walkTree(root, {
      leaf(leaf, place) {
        if (leaf.span === undefined || leaf.opened !== true || (documents.stash.leaves.get(leaf) ?? "") === "") return;
        const after = envelopes.leaf(document, place, leaf);
        const tail = leaf.block === true ? "\n" : "";
        replace(leaf.span, after, () => (store?.leaf(str(after), place.path) ?? JSON.stringify(after)) + tail);
      },
      comment(comment, place) {
        if (comment.span === undefined || comment.opened === undefined) return;
        const after = envelopes.comment(comment.text, place);
        replace(comment.span, after, () => (comment.opened === "element" ? `- ${after}` : after));
      },
    });
  }
  return [...patches.values()];
}
