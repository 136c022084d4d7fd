import { isAscii } from "node:buffer";
import type { KeySourceOptions } from "./age/key-sources.ts";
import type { SopsMapping } from "./data.ts";
import { SopsError } from "./errors.ts";
import { unwrapDataKey } from "./internal/data-key.ts";
import { toData } from "./internal/data-tree.ts";
import { decryptDocuments } from "./internal/decrypt-documents.ts";
import { type EncryptedFile, parseEncrypted } from "./internal/encrypted-file.ts";
import { decodeUtf8 } from "./internal/files.ts";
import { plainText } from "./internal/plain-text.ts";
import type { MapNode } from "./internal/tree.ts";
import type { SopsMetadata } from "./metadata.ts";
import { decryptBinary } from "./stores/binary-store.ts";
import { emitAsSops, type SopsEmit } from "./stores/emit-as-sops.ts";
import type { SopsFormat } from "./stores/format.ts";

export interface DecryptOptions extends KeySourceOptions {
  /** Named in errors; its extension decides the format. */
  readonly file?: string | undefined;
  /** Default: by the extension of `file`, where an unknown one means `binary`; YAML without a file. */
  readonly format?: SopsFormat | undefined;
  /** `sops`: `text` in the layout sops 3.13 prints, byte for byte. Default `source`: in the layout of the file. */
  readonly emit?: SopsEmit | undefined;
  /** Gives the values even if the file was changed without its key. Values that are encrypted stay authenticated. */
  readonly ignoreMac?: boolean | undefined;
}

/** A decrypted file. It holds secrets: keep it out of logs. */
export interface Decrypted {
  /** The document. Throws `multiple-documents` when the file holds several: use `documents`. */
  readonly data: SopsMapping;
  readonly documents: readonly SopsMapping[];
  /** The plaintext, with the layout and comments of the encrypted file. */
  readonly text: string;
  /** The same as bytes: what a binary file holds need not be text. */
  readonly bytes: Uint8Array;
  readonly metadata: SopsMetadata;
  /** False only with `ignoreMac`. */
  readonly macVerified: boolean;
}

/**
 * Decrypts a SOPS file with an age identity and verifies its MAC.
 *
 * Identities are taken from `identities`, else from where sops takes them: `SOPS_AGE_KEY`, `SOPS_AGE_KEY_FILE` and the
 * user's `keys.txt`.
 *
 * @throws {@link SopsError} `not-encrypted`, `invalid-yaml`, `invalid-metadata`, `no-identity-matches`, `mac-mismatch`,
 * `missing-mac`, `value-not-encrypted`, `invalid-regex`, `unsupported-key-type`.
 *
 * @example
 * import { decrypt, encrypt, generateIdentity } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const text = await encrypt("token: hunter2 # rotate in May\n", { recipients: [recipient] });
 * const { data } = await decrypt(text, { identities: [identity] });
 * console.log(data["token"]); // hunter2
 */
export async function decrypt(text: string | Uint8Array, options: DecryptOptions = {}): Promise<Decrypted> {
  const source = parseEncrypted(textOf(text, options), options.file, options.format);
  const key = await unwrapDataKey(source.metadata, options, options.file);
  const verify = options.ignoreMac !== true;
  if (source.store?.format === "binary") return decryptedBytes(source, decryptBinary(source, key, verify), verify);
  const { roots } = decryptDocuments(source, key, verify);
  return decrypted(source, roots, verify, options.emit);
}

function textOf(text: string | Uint8Array, options: DecryptOptions): string {
  if (typeof text === "string") return text;
  // Decoding ASCII this way needs no second copy while it goes on.
  if (isAscii(text)) return Buffer.from(text.buffer, text.byteOffset, text.length).toString("latin1");
  return decodeUtf8(text, options.file);
}

function decryptedBytes({ metadata }: EncryptedFile, bytes: Uint8Array, macVerified: boolean): Decrypted {
  const text = () => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  const document = {
    get data() {
      return text();
    },
  };
  return {
    data: document,
    documents: [document],
    metadata,
    macVerified,
    bytes,
    get text() {
      return text();
    },
  };
}

function decrypted(source: EncryptedFile, roots: readonly MapNode[], macVerified: boolean, emit?: SopsEmit): Decrypted {
  const documents = roots.map(toData);
  let plain: string | undefined;
  return {
    documents,
    metadata: source.metadata,
    macVerified,
    get data() {
      const [only] = documents;
      if (only !== undefined && documents.length === 1) return only;
      const what = `the file holds ${documents.length} documents: use documents instead of data`;
      throw new SopsError("multiple-documents", what, { file: source.file });
    },
    get bytes() {
      return Buffer.from(this.text, "utf8");
    },
    get text() {
      plain ??= emit === "sops" ? emitAsSops(source.store, roots) : plainText(source, roots);
      return plain;
    },
  };
}
