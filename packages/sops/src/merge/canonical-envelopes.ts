import { commentKey, stashKey } from "../internal/decrypt-documents.ts";
import { aadOf, seal } from "../internal/envelope.ts";
import { type Scalar, sameScalar, scalarBytes } from "../internal/scalar.ts";
import { type LeafNode, type Place, walkTree } from "../internal/tree.ts";
import { sameKey, type Version } from "./open-versions.ts";

/**
 * One envelope for each value under the data key of the result, the same for equal values of all versions: that which a
 * version with this key has, or a new one. Texts of different versions can then be compared line by line.
 */
export class CanonicalEnvelopes {
  readonly #key: Uint8Array;
  readonly #preferred: readonly Version[];
  readonly #values = new Map<string, string>();
  readonly #comments = new Map<string, string>();

  /** `versions` in the order in which their bytes are preferred. */
  constructor(key: Uint8Array, versions: readonly Version[]) {
    this.#key = key;
    this.#preferred = versions.filter((version) => sameKey(version.key, key));
    for (const { documents } of this.#preferred) {
      for (const root of documents.roots) {
        walkTree(root, {
          leaf: (leaf, place) =>
            this.#learn(this.#values, valueKey(place, leaf.scalar), documents.stash.leaves.get(leaf)),
          comment: () => undefined,
        });
      }
      for (const [name, envelope] of documents.stash.comments) this.#learn(this.#comments, name, envelope);
    }
  }

  leaf(document: number, place: Place, { scalar }: LeafNode): string {
    const at = stashKey(document, place.path);
    for (const { documents } of this.#preferred) {
      const kept = documents.stash.values.get(at);
      if (kept !== undefined && sameScalar(kept.leaf.scalar, scalar)) return kept.envelope;
    }
    if (scalar.type === "null") return "";
    const name = valueKey(place, scalar);
    const known = this.#values.get(name) ?? seal(scalar, this.#key, aadOf(place.keys));
    this.#values.set(name, known);
    return known;
  }

  comment(text: string, place: Place): string {
    const aad = aadOf(place.keys);
    const name = commentKey(aad, text);
    const known = this.#comments.get(name) ?? seal({ type: "comment", value: text }, this.#key, aad);
    this.#comments.set(name, known);
    return known;
  }

  #learn(map: Map<string, string>, name: string, envelope: string | undefined): void {
    if (envelope !== undefined && !map.has(name)) map.set(name, envelope);
  }
}

function valueKey({ keys }: Place, scalar: Scalar): string {
  return JSON.stringify([aadOf(keys), scalar.type, scalarBytes(scalar).toString("latin1")]);
}
