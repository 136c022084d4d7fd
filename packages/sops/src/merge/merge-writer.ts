import type { Diagnostic } from "../diagnostic.ts";
import { SopsError } from "../errors.ts";
import { type DecryptedDocuments, decryptDocuments, type Stash } from "../internal/decrypt-documents.ts";
import { emitTree } from "../internal/emit.ts";
import { encryptDocuments, parsePlain } from "../internal/encrypt-documents.ts";
import { type EncryptedFile, parseEncrypted } from "../internal/encrypted-file.ts";
import { misplacedComments, resealComments } from "../internal/reseal-comments.ts";
import { rewriteFile, withMac } from "../internal/rewrite-file.ts";
import { type LeafNode, type MapNode, walkTree } from "../internal/tree.ts";
import { isPlain, wrappedKeysOf } from "../keys/key-groups.ts";
import { replaceKeys, withKeys } from "../recipients/replace-keys.ts";
import { adopter } from "./adopt.ts";
import { CanonicalEnvelopes } from "./canonical-envelopes.ts";
import type { Side } from "./conflict.ts";
import { lostComments } from "./lost-comments.ts";
import type { Settings } from "./merge-documents.ts";
import type { KeysMerged } from "./merge-keys.ts";
import { cutMetadata, mergeLines } from "./merge-lines.ts";
import { mergeTrees } from "./merge-trees.ts";
import { sameKey, type Version } from "./open-versions.ts";
import { reseal } from "./reseal.ts";
import { sameValues } from "./same-values.ts";

/** Writes merged trees into the layout of one side, the frame. */
export class MergeWriter {
  readonly #base: Version | undefined;
  readonly #frame: Version;
  readonly #other: Version;
  readonly #keys: KeysMerged;
  readonly #settings: Settings;
  /** The text of the frame under the key and with the metadata of the result; its MAC is not right yet. */
  readonly #framed: EncryptedFile;
  readonly #before: DecryptedDocuments;
  readonly #envelopes: CanonicalEnvelopes;
  readonly #adopt: ReturnType<typeof adopter>;

  constructor(base: Version | undefined, frame: Version, other: Version, keys: KeysMerged, settings: Settings) {
    this.#base = base;
    this.#frame = frame;
    this.#other = other;
    this.#keys = keys;
    this.#settings = settings;
    this.#envelopes = new CanonicalEnvelopes(keys.key, [frame, other]);
    const resealed = this.#parse(reseal(frame, this.#envelopes));
    this.#framed = keys.keys === undefined ? resealed : this.#parse(replaceKeys(resealed, keys.keys));
    this.#before = decryptDocuments(this.#framed, keys.key, false);
    this.#adopt = adopter(other.documents, sameKey(other.key, keys.key), this.#before.stash);
  }

  /** `favor`: `ours` is the frame here. */
  merge(favor: Side): ReturnType<typeof mergeTrees> {
    const base = this.#base?.documents.roots ?? [];
    return mergeTrees(base, this.#before.roots, this.#other.documents.roots, { favor, adopt: this.#adopt });
  }

  write(roots: readonly MapNode[], verbatim: readonly Version[]): string {
    const text = this.#byLines(roots) ?? this.#byValues(roots);
    const { key } = this.#keys;
    // Whose text it is in the end keeps its MAC and time, too.
    const same = verbatim.find((version) => sameKey(version.key, key) && version.source.text === text.text);
    if (same !== undefined || text.finished) return text.text;
    return withMac(this.#parse(this.#placed(text.text)), key, this.#settings.lastModified);
  }

  /** Comments of the other side may belong to something else among the lines of this one. */
  #placed(text: string): string {
    const { store, documents, selector } = this.#framed;
    const { key } = this.#keys;
    return store === undefined
      ? resealComments(text, key, selector, misplacedComments(documents, key, selector), documents)
      : text;
  }

  /** An own text with other values. */
  change(text: string, roots: readonly MapNode[]): string {
    const source = this.#parse(text);
    const before = decryptDocuments(source, this.#keys.key, false);
    const stash: Stash = { ...before.stash, leaves: new Map([...this.#before.stash.leaves, ...before.stash.leaves]) };
    return this.#rewrite(source, { ...before, stash }, roots);
  }

  /** Comments that only the other side added, and that are not in a text. */
  lostComments(text: string): Diagnostic[] {
    const { file } = this.#settings;
    const { roots } = decryptDocuments(this.#parse(text), this.#keys.key, false);
    return lostComments(this.#base?.documents.roots ?? [], this.#other.documents.roots, roots, file);
  }

  #byLines(roots: readonly MapNode[]): { text: string; finished: boolean } | undefined {
    const { store } = this.#framed;
    if (store !== undefined && !store.inPlace) return undefined;
    const { patches, metadata } = cutMetadata(this.#framed);
    if (metadata === "") return undefined;
    const cut = (version: Version) => reseal(version, this.#envelopes, cutMetadata(version.source).patches);
    try {
      const base = this.#base && cut(this.#base);
      const framed = reseal(
        { ...this.#frame, source: this.#framed, documents: this.#before },
        this.#envelopes,
        patches,
      );
      const text = mergeLines(base, framed, cut(this.#other), metadata);
      return text !== undefined && this.#holds(text, roots) ? { text, finished: false } : undefined;
    } catch (error) {
      if (error instanceof SopsError || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #byValues(roots: readonly MapNode[]): { text: string; finished: boolean } {
    const same = roots.length === this.#before.roots.length;
    if (same && roots.every((root, index) => sameValues(root, this.#before.roots[index]))) {
      return { text: this.#framed.text, finished: false };
    }
    return { text: this.#rewrite(this.#framed, this.#before, roots), finished: true };
  }

  #rewrite(source: EncryptedFile, before: DecryptedDocuments, roots: readonly MapNode[]): string {
    const { key } = this.#keys;
    const { lastModified } = this.#settings;
    const inPlace = source.store?.inPlace !== false && roots.length === before.roots.length;
    if (inPlace) return rewriteFile(source, before, roots, key, lastModified);
    return this.#anew(source, before, roots);
  }

  /** In the layout of this package: for INI, and where the number of documents differs. */
  #anew(source: EncryptedFile, { stash }: DecryptedDocuments, roots: readonly MapNode[]): string {
    const { store, file, metadata, selector } = source;
    const [only] = roots;
    const plain =
      store !== undefined && only !== undefined ? store.emit(only) : roots.map((root) => emitTree(root)).join("---\n");
    const { groups, macOnlyEncrypted } = metadata;
    const text = encryptDocuments(parsePlain(plain, file, store?.format ?? "yaml"), {
      key: this.#keys.key,
      age: groups[0]?.age ?? [],
      selector,
      macOnlyEncrypted,
      lastModified: this.#settings.lastModified,
      file,
      // Envelopes are found by value here: the trees were parsed anew.
      stash: { ...stash, leaves: new Map(), values: valuesOf(roots, stash) },
      store,
    });
    const wrapped = wrappedKeysOf(metadata);
    return isPlain(wrapped) ? text : withKeys(text, wrapped, file, store?.format ?? "yaml");
  }

  #holds(text: string, roots: readonly MapNode[]): boolean {
    const { roots: found } = decryptDocuments(this.#parse(text), this.#keys.key, false);
    return found.length === roots.length && found.every((root, index) => sameValues(root, roots[index]));
  }

  #parse(text: string): EncryptedFile {
    return parseEncrypted(text, this.#settings.file, this.#frame.source.store?.format ?? "yaml");
  }
}

/** The envelopes of the leaves of merged trees, by place. */
function valuesOf(roots: readonly MapNode[], stash: Stash): Stash["values"] {
  const values = new Map<string, { leaf: LeafNode; envelope: string }>();
  for (const [document, root] of roots.entries()) {
    walkTree(root, {
      leaf(leaf, { path }) {
        const envelope = stash.leaves.get(leaf);
        if (envelope !== undefined) values.set(JSON.stringify([document, ...path]), { leaf, envelope });
      },
      comment: () => undefined,
    });
  }
  return values;
}
