import { SopsError } from "../errors.ts";
import type { AgeKey } from "../metadata.ts";
import { emitAsSops, type SopsEmit } from "../stores/emit-as-sops.ts";
import { formatOf, type SopsFormat } from "../stores/format.ts";
import type { Store } from "../stores/store.ts";
import { storeSealedText } from "../stores/store-text.ts";
import { storeFor } from "../stores/stores.ts";
import { commentKey, type Stash, stashKey } from "./decrypt-documents.ts";
import { emitTree } from "./emit.ts";
import { aadOf, seal } from "./envelope.ts";
import { Mac } from "./mac.ts";
import { emitMetadataBlock, metadataTree } from "./metadata-block.ts";
import { type ParsedFile, parseYaml } from "./parse-yaml.ts";
import { applyPatches, type Patch } from "./patch.ts";
import { columnAt, positionAt } from "./position.ts";
import { holdsComment, readsBack } from "./reads-back.ts";
import { resealComments } from "./reseal-comments.ts";
import { sameScalar, str } from "./scalar.ts";
import type { Selector } from "./selector.ts";
import {
  type CommentItem,
  type EntryItem,
  entryOf,
  type LeafNode,
  type MapNode,
  mapTree,
  type Place,
  walkTree,
} from "./tree.ts";

export interface Sealing {
  readonly key: Uint8Array;
  readonly selector: Selector;
  readonly file?: string | undefined;
  /** Envelopes to keep; they must have been made with the same key. */
  readonly stash?: Stash | undefined;
}

export interface EncryptionPlan extends Sealing {
  readonly age: readonly AgeKey[];
  readonly macOnlyEncrypted: boolean;
  readonly lastModified: string;
  /** Undefined for YAML. */
  readonly store?: Store | undefined;
  readonly emit?: SopsEmit | undefined;
}

/**
 * Parses plaintext, for `source` into a form whose text can be patched: aliases expanded, tags resolved, no flow style
 * on top.
 */
export function parsePlain(text: string, file?: string, format?: SopsFormat, emit?: SopsEmit): ParsedFile {
  const store = storeFor(formatOf({ file, format }));
  if (store !== undefined) {
    const parsed = store.parse(text, file);
    for (const { root } of parsed.documents) refuseBlock(store.split(root, text, file).block, text, file);
    return parsed;
  }
  const parsed = parseYaml(text, file);
  for (const { root } of parsed.documents) refuseBlock(entryOf(root, "sops"), text, file);
  return emit === "sops" ? parsed : patchable(parsed, file);
}

function patchable(parsed: ParsedFile, file: string | undefined): ParsedFile {
  const { text } = parsed;
  const unfinished = !text.endsWith("\n") && text !== "";
  const rewrite = parsed.documents.some((document) => document.rewrite) || (unfinished && endsInBlock(parsed));
  if (rewrite) return parseYaml(parsed.documents.map(({ root }) => emitTree(root)).join("---\n"), file);
  return unfinished ? parseYaml(`${text}\n`, file) : parsed;
}

function refuseBlock(block: EntryItem | undefined, text: string, file: string | undefined): void {
  if (block === undefined) return;
  const where = { file, ...(block.keySpan && positionAt(text, block.keySpan.start)) };
  if (block.value.kind === "map" && entryOf(block.value, "mac") !== undefined) {
    throw new SopsError("already-encrypted", "the text is encrypted already", where);
  }
  throw new SopsError("reserved-key", "the top-level key sops is reserved for SOPS itself", where);
}

/** Encrypts the selected values in place and appends the `sops` block to every document. */
export function encryptDocuments(parsed: ParsedFile, plan: EncryptionPlan): string {
  if (plan.store !== undefined || plan.emit === "sops") return encryptTrees(parsed, plan);
  const mac = new Mac(plan.macOnlyEncrypted);
  const patches = parsed.documents.flatMap((document, index) => {
    const sealer = new Sealer(parsed.text, index, plan, mac);
    walkTree(document.root, sealer);
    return sealer.patches;
  });
  const sealedMac = seal(str(mac.digest()), plan.key, plan.lastModified);
  for (const { root, end } of parsed.documents) {
    const pad = " ".repeat(root.span === undefined ? 0 : columnAt(parsed.text, root.span.start));
    const { age, macOnlyEncrypted, lastModified } = plan;
    const option = plan.selector.option;
    const block = emitMetadataBlock({ age, option, macOnlyEncrypted, lastModified, mac: sealedMac }, pad);
    patches.push({ start: end, end, text: block });
  }
  const text = applyPatches(parsed.text, patches);
  return parsed.documents.some(({ root }) => holdsComment(root)) ? resealComments(text, plan.key, plan.selector) : text;
}

function encryptTrees(parsed: ParsedFile, plan: EncryptionPlan): string {
  const { text, documents } = parsed;
  const mac = new Mac(plan.macOnlyEncrypted);
  const sealed = documents.map(({ root }, index) => sealTree(root, index, plan, mac));
  const { age, macOnlyEncrypted, lastModified, store } = plan;
  const option = plan.selector.option;
  const sealedMac = seal(str(mac.digest()), plan.key, lastModified);
  const metadata = metadataTree({ age, option, macOnlyEncrypted, lastModified, mac: sealedMac });
  if (plan.emit === "sops") {
    const written = emitAsSops(store, sealed, metadata);
    const roots = documents.map(({ root }) => root);
    if (store !== undefined || readsBack(written, roots, plan)) return written;
    return encryptDocuments(patchable(parsed, plan.file), { ...plan, emit: "source" });
  }
  const [plain] = documents;
  const [only] = sealed;
  if (store === undefined || plain === undefined || only === undefined) throw new TypeError("one document is expected");
  return storeSealedText(store, text, plain.root, only, metadata);
}

function sealTree(root: MapNode, document: number, plan: EncryptionPlan, mac: Mac): MapNode {
  return mapTree(root, {
    leaf(leaf, place) {
      if (leaf.scalar.type === "null") return leaf;
      const selected = plan.selector.selects(place.keys, place.comments, false);
      mac.add(leaf.scalar, selected);
      const envelope = selected ? envelopeOf(leaf, place, document, plan) : "";
      return envelope === "" ? leaf : { ...leaf, scalar: str(envelope) };
    },
    comment(comment, place) {
      if (!plan.selector.selects(place.keys, place.comments, true)) return comment;
      const text = commentEnvelope(comment, place, plan);
      return text === "" ? comment : { ...comment, text };
    },
  });
}

/** The envelope of a leaf: the one it had, when the value is unchanged, or a fresh one. */
export function envelopeOf(leaf: LeafNode, place: Place, document: number, plan: Sealing): string {
  const own = plan.stash?.leaves.get(leaf);
  if (own !== undefined) return own;
  const kept = plan.stash?.values.get(stashKey(document, place.path));
  if (kept !== undefined && sameScalar(kept.leaf.scalar, leaf.scalar)) return kept.envelope;
  return leaf.scalar.type === "null" ? "" : seal(leaf.scalar, plan.key, aadOf(place.keys));
}

/**
 * The envelope of a comment that the rule selects; none for an empty one. In a list sops would take that for the empty
 * string, one more element: there it gets a space.
 */
export function commentEnvelope(comment: CommentItem, place: Place, plan: Sealing): string {
  const { selector, key, stash, file } = plan;
  const seen = place.inList === true && comment.lost !== true;
  const value = comment.text === "" && seen ? " " : comment.text;
  if (value === "") return "";
  const aad = aadOf(place.keys);
  const kept = stash?.comments.get(commentKey(aad, value));
  const envelope = kept ?? seal({ type: "comment", value }, key, aad);
  const [field, name] = selector.option;
  if (field === "unencryptedCommentRegex" && !selector.selects(place.keys, [[envelope]], true)) {
    throw new SopsError("invalid-regex", `${name} matches an encrypted comment; anchor it`, { file });
  }
  return envelope;
}

class Sealer {
  readonly patches: Patch[] = [];
  readonly #text: string;
  readonly #document: number;
  readonly #plan: EncryptionPlan;
  readonly #mac: Mac;

  constructor(text: string, document: number, plan: EncryptionPlan, mac: Mac) {
    this.#text = text;
    this.#document = document;
    this.#plan = plan;
    this.#mac = mac;
  }

  leaf(leaf: LeafNode, place: Place): void {
    const { scalar, span } = leaf;
    if (scalar.type === "null") return;
    const selected = this.#plan.selector.selects(place.keys, place.comments, false);
    this.#mac.add(scalar, selected);
    if (span === undefined) return;
    const inside = this.patches.findIndex((patch) => patch.start > span.start && patch.end <= span.end);
    const head = inside === -1 ? undefined : this.patches.splice(inside, 1)[0];
    if (!selected) {
      if (head !== undefined) this.patches.push(head);
      return;
    }
    const envelope = envelopeOf(leaf, place, this.#document, this.#plan);
    if (envelope === "") {
      if (head !== undefined) this.patches.push(head);
      return;
    }
    const plain = leaf.flow === true ? JSON.stringify(envelope) : envelope;
    const comment = this.#headComment(leaf, head);
    const tail = leaf.block === true ? blockTail(this.#text.slice(span.start, span.end)) : "";
    this.patches.push({ ...span, text: plain + comment + tail });
  }

  comment(comment: CommentItem, place: Place): void {
    if (comment.span === undefined) return;
    if (!this.#plan.selector.selects(place.keys, place.comments, true)) return;
    const text = commentEnvelope(comment, place, this.#plan);
    if (text !== "") this.patches.push({ ...comment.span, text });
  }

  #headComment(leaf: LeafNode, patch: Patch | undefined): string {
    if (leaf.block !== true || leaf.span === undefined) return "";
    const head = this.#text.slice(leaf.span.start, leaf.span.end).split("\n", 1)[0] ?? "";
    const hash = head.indexOf("#");
    return hash === -1 ? "" : ` #${patch?.text ?? head.slice(hash + 1)}`;
  }
}

/** The line break after a block scalar, and the empty lines below it that are layout rather than value. */
function blockTail(block: string): string {
  if (/^[|>][-\d]*\+/.test(block)) return block.endsWith("\n") ? "\n" : "";
  return /(?:\r?\n)(?:[ \t]*\r?\n)*$/.exec(block)?.[0].replace(/[ \t]+/g, "") ?? "";
}

function endsInBlock(parsed: ParsedFile): boolean {
  let last: LeafNode | undefined;
  const root = parsed.documents.at(-1)?.root;
  if (root === undefined) return false;
  walkTree(root, {
    leaf(leaf) {
      last = leaf;
    },
    comment() {},
  });
  return last?.block === true;
}
