import { SopsError } from "../errors.ts";
import { canonicalBlock } from "../stores/canonical-block.ts";
import { emitAsSops, type SopsEmit } from "../stores/emit-as-sops.ts";
import { sameTree } from "./compare-trees.ts";
import { type DecryptedDocuments, decryptDocuments } from "./decrypt-documents.ts";
import { DiffPatches, type Seal } from "./diff-patches.ts";
import { emitTree, quote } from "./emit.ts";
import { commentEnvelope, envelopeOf, type Sealing } from "./encrypt-documents.ts";
import { type EncryptedDocument, type EncryptedFile, parseEncrypted } from "./encrypted-file.ts";
import { seal } from "./envelope.ts";
import { applyPatches, type Patch } from "./patch.ts";
import { blockSpan } from "./plain-text.ts";
import { columnAt, lineStart } from "./position.ts";
import { readsBack } from "./reads-back.ts";
import { renewMetadata } from "./renew-metadata.ts";
import { misplacedComments, resealComments } from "./reseal-comments.ts";
import { str } from "./scalar.ts";
import {
  type CommentItem,
  type ElementItem,
  type EntryItem,
  entriesOf,
  entryOf,
  type LeafNode,
  type MapNode,
  type Place,
  type TreeNode,
  walkTree,
} from "./tree.ts";

/**
 * Writes changed values into an encrypted file under its own data key. Lines of unchanged values keep their bytes; only
 * where the layout does not allow it is a document written anew, with the envelopes it had.
 */
export function rewriteFile(
  source: EncryptedFile,
  before: DecryptedDocuments,
  roots: readonly MapNode[],
  key: Uint8Array,
  lastModified: string,
  emit: SopsEmit = "source",
): string {
  const plan: Sealing = { key, selector: source.selector, file: source.file, stash: before.stash };
  const sealed = roots.map((root, index) => sealer(root, index, plan).node(root) as MapNode);
  const block = source.documents[0]?.block?.value;
  if (emit === "sops" && block?.kind === "map") {
    const text = emitAsSops(source.store, sealed, canonicalBlock(block));
    if (source.store !== undefined || readsBack(text, roots, plan)) {
      return withMac(parseEncrypted(text, source.file, source.store?.format ?? "yaml"), key, lastModified);
    }
  }
  const patched = applyPatches(
    source.text,
    source.documents.flatMap((document, index) => documentPatches(source, document, index, before, roots, plan)),
  );
  const holds = (text: string): EncryptedFile | undefined => {
    const file = parseEncrypted(text, source.file, source.store?.format ?? "yaml");
    const { roots: found } = decryptDocuments(file, key, false);
    return found.every((root, index) => sameTree(root, roots[index] ?? root, false)) ? file : undefined;
  };
  const result = attempt(() => holds(patched)) ?? holds(rewritten(source, roots, plan));
  if (result === undefined) {
    throw new SopsError("unsupported-yaml", "the layout of this file cannot be edited", { file: source.file });
  }
  if (source.store !== undefined) return withMac(result, key, lastModified);
  const known = misplacedComments(source.documents, key, source.selector);
  const text = resealComments(result.text, key, source.selector, known, source.documents);
  return withMac(text === result.text ? result : parseEncrypted(text, source.file, "yaml"), key, lastModified);
}

function documentPatches(
  source: EncryptedFile,
  document: EncryptedDocument,
  index: number,
  before: DecryptedDocuments,
  roots: readonly MapNode[],
  plan: Sealing,
): Patch[] {
  const old = before.roots[index];
  const now = roots[index];
  if (old === undefined || now === undefined || sameTree(old, now, false)) return [];
  const { store } = source;
  // What cannot be patched stays as it is: the caller sees that it does not hold the new values.
  if (store !== undefined) return store.diff(source.text, old, now, sealer(now, index, plan).node) ?? [];
  const keyStart = document.block?.keySpan?.start ?? document.end;
  const insertAt = lineStart(source.text, keyStart);
  const diff = new DiffPatches(source.text, indentOf(source.text, document.root), sealer(now, index, plan));
  const patches = document.rewrite ? undefined : diff.root(old, now, insertAt);
  if (patches !== undefined) return patches;
  const from = contentStart(source, index);
  return [{ start: from, end: insertAt, text: emitTree(sealer(now, index, plan).node(now) as MapNode) }];
}

/** Every document written anew, each with the `sops` block it had. */
function rewritten(source: EncryptedFile, roots: readonly MapNode[], plan: Sealing): string {
  const [only] = roots;
  const metadata = source.documents[0]?.block?.value;
  if (source.store !== undefined && only !== undefined && metadata?.kind === "map") {
    return source.store.emit(sealer(only, 0, plan).node(only) as MapNode, metadata);
  }
  return roots
    .map((root, index) => {
      const { block, root: old } = source.documents[index] ?? {};
      if (block !== undefined && old?.flow === true) {
        return emitTree(sealer(root, index, plan).node(root) as MapNode) + emitTree({ kind: "map", items: [block] }, 4);
      }
      const end = block && blockSpan(source.text, block.value);
      const start = block?.keySpan?.start ?? 0;
      const pad = columnAt(source.text, start);
      const lines = block === undefined ? "" : source.text.slice(lineStart(source.text, start), end);
      const outdented = pad === 0 ? lines : lines.replace(new RegExp(`^ {${pad}}`, "gm"), "");
      return emitTree(sealer(root, index, plan).node(root) as MapNode) + outdented;
    })
    .join("---\n");
}

/** A file with the MAC of the values it holds. */
export function withMac(written: EncryptedFile, key: Uint8Array, lastModified: string): string {
  const file = renewMetadata(written);
  const { digest } = decryptDocuments(file, key, false);
  const mac = seal(str(digest), key, lastModified);
  const patches = file.documents.flatMap(({ block }): Patch[] => {
    if (block?.value.kind !== "map") return [];
    const macSpan = leafSpan(block.value, "mac");
    const timeSpan = leafSpan(block.value, "lastmodified");
    if (macSpan === undefined || timeSpan === undefined) {
      throw new SopsError("missing-mac", "the sops block lacks mac or lastmodified", { file: file.file });
    }
    const flow = block.value.flow === true;
    const { store } = file;
    if (store !== undefined) {
      return [
        { ...macSpan, text: store.leaf(str(mac), ["sops", "mac"]) },
        { ...timeSpan, text: store.leaf(str(lastModified), ["sops", "lastmodified"]) },
      ];
    }
    return [
      { ...macSpan, text: flow ? quote(mac) : mac },
      { ...timeSpan, text: quote(lastModified) },
    ];
  });
  return applyPatches(file.text, patches);
}

function leafSpan(block: MapNode, key: string): { start: number; end: number } | undefined {
  const value = entryOf(block, key)?.value;
  return value?.kind === "leaf" && value.block !== true ? value.span : undefined;
}

/** Seals nodes of one tree; each leaf is judged by where it stands in that tree. */
function sealer(root: MapNode, document: number, plan: Sealing): Seal {
  const places = new Map<LeafNode | CommentItem, { place: Place; selected: boolean }>();
  walkTree(root, {
    leaf: (leaf, place) => {
      places.set(leaf, { place, selected: plan.selector.selects(place.keys, place.comments, false) });
    },
    comment: (comment, place) => {
      places.set(comment, { place, selected: plan.selector.selects(place.keys, place.comments, true) });
    },
  });
  const leaf = (node: LeafNode): LeafNode => {
    const known = places.get(node);
    if (known?.selected !== true || node.scalar.type === "null") return node;
    return { kind: "leaf", scalar: str(envelopeOf(node, known.place, document, plan)) };
  };
  const comment = (item: CommentItem): CommentItem => {
    const known = places.get(item);
    const text = known?.selected === true ? commentEnvelope(item, known.place, plan) : "";
    return text === "" ? item : { kind: "comment", text, inline: item.inline, lost: item.lost };
  };
  const node = (value: TreeNode): TreeNode => {
    if (value.kind === "leaf") return leaf(value);
    if (value.kind === "map")
      return { kind: "map", items: value.items.map((i) => (i.kind === "comment" ? comment(i) : item(i))) };
    return { kind: "list", items: value.items.map((i) => (i.kind === "comment" ? comment(i) : item(i))) };
  };
  const item = <T extends EntryItem | ElementItem>(value: T): T => ({ ...value, value: node(value.value) });
  return { node, items: (items) => items.map(item) };
}

/** The indentation a document uses, read from its first nested block. */
function indentOf(text: string, root: MapNode): number {
  for (const { keySpan, value } of entriesOf(root)) {
    if (keySpan === undefined || value.kind !== "map" || value.flow === true) continue;
    const first = entriesOf(value)[0]?.keySpan;
    const step = first === undefined ? 0 : columnAt(text, first.start) - columnAt(text, keySpan.start);
    if (step > 0) return step;
  }
  return 2;
}

/** Where the content of a document starts: after the end of the one before it and its own `---` line. */
function contentStart(source: EncryptedFile, index: number): number {
  const from = source.documents[index - 1]?.end ?? 0;
  const marker = /^(?:%.*\n|\s*#.*\n|\s*\n|\.\.\.\n)*---[^\n]*\n/.exec(source.text.slice(from));
  return from + (marker?.[0].length ?? 0);
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof SopsError) return undefined;
    throw error;
  }
}
