import { SopsError } from "../errors.ts";
import type { EncryptedDocument, EncryptedFile } from "./encrypted-file.ts";
import { aadOf, EnvelopeError, isEnvelope, open, type Sealed } from "./envelope.ts";
import { Mac } from "./mac.ts";
import { formatKeyPath, positionAt } from "./position.ts";
import { collectionAads, openComment } from "./reseal-comments.ts";
import { str } from "./scalar.ts";
import { type CommentItem, type LeafNode, type MapNode, mapTree, type Place } from "./tree.ts";

/** Remembers envelopes by place, so that an unchanged value keeps its bytes when the file is written again. */
export interface Stash {
  /** Envelopes of the very leaves of the decrypted tree, wherever an edit moved them. */
  readonly leaves: Map<LeafNode, string>;
  readonly values: Map<string, { readonly leaf: LeafNode; readonly envelope: string }>;
  readonly comments: Map<string, string>;
}

export interface DecryptedDocuments {
  readonly roots: readonly MapNode[];
  readonly stash: Stash;
  /** What the MAC of the file must be. */
  readonly digest: string;
}

export function stashKey(document: number, path: readonly (string | number)[]): string {
  return JSON.stringify([document, ...path]);
}

export function commentKey(aad: string, text: string): string {
  return JSON.stringify([aad, text]);
}

/** Decrypts every selected value and verifies the MAC. */
export function decryptDocuments(source: EncryptedFile, key: Uint8Array, verifyMac: boolean): DecryptedDocuments {
  const mac = new Mac(source.metadata.macOnlyEncrypted);
  const stash: Stash = { leaves: new Map(), values: new Map(), comments: new Map() };
  const roots = source.documents.map((document, index) => decryptRoot(source, document, index, key, mac, stash));
  const digest = mac.digest();
  if (verifyMac) checkDigest(source, key, digest);
  return { roots, stash, digest };
}

function decryptRoot(
  source: EncryptedFile,
  document: EncryptedDocument,
  index: number,
  key: Uint8Array,
  mac: Mac,
  stash: Stash,
): MapNode {
  let aads: Set<string> | undefined;
  const others = (): Set<string> => {
    aads ??= collectionAads(document.root);
    return aads;
  };
  return mapTree(document.root, {
    leaf(leaf, place): LeafNode | CommentItem {
      const scalar = leaf.scalar;
      if (scalar.type === "null") return leaf;
      const selected = source.selector.selects(place.keys, place.comments, false);
      if (!selected) {
        mac.add(scalar, false);
        return leaf;
      }
      if (scalar.type !== "str" || (scalar.value !== "" && !isEnvelope(scalar.value))) {
        throw failure(source, "value-not-encrypted", "is selected by the file's rule but not encrypted", leaf, place);
      }
      const value = openAt(source, scalar.value, key, leaf, place);
      if (value.type === "comment") {
        if (place.dash === undefined && typeof place.path.at(-1) !== "number") {
          throw failure(source, "mac-mismatch", "holds a comment where a value must be", leaf, place);
        }
        stash.comments.set(commentKey(aadOf(place.keys), value.value), scalar.value);
        const start = place.dash ?? leaf.span?.start;
        const span = leaf.span && { start: start ?? 0, end: leaf.span.end };
        return { kind: "comment", text: value.value, span, opened: "element" };
      }
      mac.add(value, true);
      const opened: LeafNode = { ...leaf, scalar: value, opened: true };
      stash.leaves.set(opened, scalar.value);
      stash.values.set(stashKey(index, place.path), { leaf: opened, envelope: scalar.value });
      return opened;
    },
    comment(comment, place): CommentItem {
      if (!source.selector.selects(place.keys, place.comments, true) || !isEnvelope(comment.text)) return comment;
      const text = openAnywhere(comment.text, key, place, others);
      // Comments are outside the MAC; like sops, one that does not open stays as it is.
      if (text === undefined) return comment;
      stash.comments.set(commentKey(aadOf(place.keys), text), comment.text);
      // sops forgets where an encrypted comment stood on its line.
      return { ...comment, text, opened: "comment", inline: false };
    },
  });
}

/** Writers differ in where they attach a comment between two levels: every mapping and list of the document is tried. */
function openAnywhere(envelope: string, key: Uint8Array, place: Place, others: () => Set<string>): string | undefined {
  const found =
    openComment(envelope, key, aadOf(place.keys)) ?? first(others, (aad) => openComment(envelope, key, aad));
  return found?.type === "comment" || found?.type === "str" ? found.value : undefined;
}

function first<T>(aads: () => Set<string>, find: (aad: string) => T | undefined): T | undefined {
  for (const aad of aads()) {
    const found = find(aad);
    if (found !== undefined) return found;
  }
  return undefined;
}

function openAt(source: EncryptedFile, envelope: string, key: Uint8Array, leaf: LeafNode, place: Place): Sealed {
  if (envelope === "") return str("");
  try {
    return open(envelope, key, aadOf(place.keys));
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    const what =
      error.kind === "malformed"
        ? "is not a well-formed envelope"
        : "does not authenticate: its bytes or one of the keys above it changed";
    throw failure(source, "mac-mismatch", what, leaf, place);
  }
}

/** Compares the MAC of the file with what it must be. */
export function checkDigest(source: EncryptedFile, key: Uint8Array, computed: string): void {
  const { mac, lastModified } = source.metadata;
  const { file } = source;
  if (mac === undefined) throw new SopsError("missing-mac", "the sops block has no mac", { file });
  let stored: Sealed;
  try {
    stored = open(mac, key, lastModified);
  } catch (cause) {
    throw new SopsError("mac-mismatch", "MAC mismatch: mac or lastmodified of the sops block changed", { file, cause });
  }
  if (stored.type === "str" && stored.value === computed) return;
  throw new SopsError(
    "mac-mismatch",
    "MAC mismatch: a value that is not encrypted changed, or values were added, removed or reordered",
    { file },
  );
}

function failure(
  source: EncryptedFile,
  code: "mac-mismatch" | "value-not-encrypted",
  what: string,
  leaf: LeafNode,
  place: Place,
): SopsError {
  const path = formatKeyPath(place.path);
  const message =
    code === "mac-mismatch" ? `MAC mismatch: the value at ${path} ${what}` : `the value at ${path} ${what}`;
  const at = leaf.span && positionAt(source.text, leaf.span.start);
  return new SopsError(code, message, { file: source.file, ...at, path });
}
