import { createHmac } from "node:crypto";
import type { DecryptedDocuments } from "../internal/decrypt-documents.ts";
import type { EncryptedFile } from "../internal/encrypted-file.ts";
import { scalarBytes } from "../internal/scalar.ts";
import { type CommentItem, entryOf, walkTree } from "../internal/tree.ts";

/** Hexadecimal digits: two values of a repository hardly ever share them, and they say nothing without the key. */
const LENGTH = 12;
const ENVELOPE = /ENC\[AES256_GCM,[^\]]*\]/;

/** Short digests of decrypted values, found by their envelopes. */
export class Digests {
  readonly #key: Uint8Array;
  readonly #known = new Map<string, string>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  add(source: EncryptedFile, { roots, stash }: DecryptedDocuments): void {
    for (const [{ scalar }, envelope] of stash.leaves) {
      this.#known.set(envelope, this.#digest(scalar.type, scalarBytes(scalar)));
    }
    // By position: equal comments have envelopes of their own.
    const comment = ({ span, opened, text }: CommentItem) => {
      if (span === undefined || opened === undefined) return;
      const [envelope = ""] = ENVELOPE.exec(source.text.slice(span.start, span.end)) ?? [];
      this.#known.set(envelope, this.#digest("comment", Buffer.from(text, "utf8")));
    };
    for (const root of roots) walkTree(root, { leaf: () => undefined, comment });
  }

  /** The one value of a binary file. */
  addBytes({ documents }: EncryptedFile, bytes: Uint8Array): void {
    const root = documents[0]?.root;
    const value = root && entryOf(root, "data")?.value;
    if (value?.kind !== "leaf" || value.scalar.type !== "str") return;
    this.#known.set(value.scalar.value, this.#digest("str", bytes));
  }

  of(envelope: string): string | undefined {
    return this.#known.get(envelope);
  }

  #digest(type: string, bytes: Uint8Array): string {
    const digest = createHmac("sha256", this.#key).update(`${type}\0`).update(bytes).digest("hex");
    return `<${type}:${digest.slice(0, LENGTH)}>`;
  }
}
