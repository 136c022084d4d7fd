import { aadOf, EnvelopeError, isEnvelope, open, type Sealed, seal } from "./envelope.ts";
import { parseYaml } from "./parse-yaml.ts";
import { applyPatches, type Patch } from "./patch.ts";
import type { Selector } from "./selector.ts";
import { type CommentItem, type MapNode, type Place, walkTree } from "./tree.ts";

type Documents = readonly { readonly root: MapNode }[];

/**
 * Seals comments again that belong to something else in the encrypted text than in the plain one, where a block of
 * lines above them has become one line, or what they stood in is gone: sops opens a comment with the keys of its new place
 * only. `former` is what they may have been in besides.
 */
export function resealComments(
  text: string,
  key: Uint8Array,
  selector: Selector,
  except: ReadonlySet<string> = new Set(),
  former: Documents = [],
): string {
  const patches: Patch[] = [];
  const before = former.flatMap(({ root }) => [...collectionAads(root)]);
  visitMisplaced(parseYaml(text).documents, key, selector, ({ text: envelope, span }, aad, root) => {
    const value = except.has(envelope)
      ? undefined
      : openAnywhere(envelope, key, new Set([...collectionAads(root), ...before]));
    if (value !== undefined && span !== undefined) patches.push({ ...span, text: seal(value, key, aad) });
  });
  return applyPatches(text, patches);
}

/** Envelopes of comments that sops would not open where they stand. */
export function misplacedComments(documents: Documents, key: Uint8Array, selector: Selector): Set<string> {
  const found = new Set<string>();
  visitMisplaced(documents, key, selector, ({ text }) => found.add(text));
  return found;
}

function visitMisplaced(
  documents: Documents,
  key: Uint8Array,
  selector: Selector,
  visit: (comment: CommentItem, aad: string, root: MapNode) => void,
): void {
  for (const { root } of documents) {
    walkTree(root, {
      leaf() {},
      comment(comment, place) {
        if (comment.lost === true || place.keys[0] === "sops" || !isEnvelope(comment.text)) return;
        const aad = aadOf(place.keys);
        if (!selector.selects(place.keys, place.comments, true)) return;
        if (openComment(comment.text, key, aad) === undefined) visit(comment, aad, root);
      },
    });
  }
}

function openAnywhere(text: string, key: Uint8Array, aads: ReadonlySet<string>): Sealed | undefined {
  for (const aad of aads) {
    const value = openComment(text, key, aad);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What an envelope in the place of a comment holds, if it opens there. */
export function openComment(envelope: string, key: Uint8Array, aad: string): Sealed | undefined {
  try {
    const value = open(envelope, key, aad);
    return value.type === "comment" || value.type === "str" ? value : undefined;
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

/** Of every mapping and list: where a comment may have been before. */
export function collectionAads(root: MapNode): Set<string> {
  const aads = new Set<string>([aadOf([])]);
  const add = (_: unknown, { keys }: Place) => {
    for (let depth = keys.length - 1; depth > 0; depth -= 1) aads.add(aadOf(keys.slice(0, depth)));
    aads.add(aadOf(keys));
  };
  walkTree(root, { leaf: add, comment: add });
  return aads;
}
