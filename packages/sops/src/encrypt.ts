import type { PluginOptions } from "./age/plugin.ts";
import { SopsError } from "./errors.ts";
import { newDataKey } from "./internal/data-key.ts";
import { fromData } from "./internal/data-tree.ts";
import { emitTree } from "./internal/emit.ts";
import { encryptDocuments, parsePlain } from "./internal/encrypt-documents.ts";
import { decodeUtf8 } from "./internal/files.ts";
import { utcSeconds } from "./internal/go-time.ts";
import { selectorOf } from "./internal/selector.ts";
import { isPlain, type KeyGroupOptions, wrapGroups } from "./keys/key-groups.ts";
import { withKeys } from "./recipients/replace-keys.ts";
import type { Selection } from "./selection.ts";
import { encryptBinary, isBinaryEnvelope } from "./stores/binary-store.ts";
import type { SopsEmit } from "./stores/emit-as-sops.ts";
import { formatOf, type SopsFormat } from "./stores/format.ts";
import { storeFor } from "./stores/stores.ts";

/** For whom and what to encrypt. A creation rule of {@link ruleFor} can be given as it is. */
export interface EncryptOptions extends Selection, PluginOptions, KeyGroupOptions {
  /** age recipients, `age1…`. At least one; better two, one of them kept offline. */
  readonly recipients: readonly string[];
  /** The MAC then covers encrypted values only, so plain ones may be edited by hand. Default false. */
  readonly macOnlyEncrypted?: boolean | undefined;
  /** Named in errors; its extension decides the format. */
  readonly file?: string | undefined;
  /** Default: by the extension of `file`, where an unknown one means `binary`; YAML without a file. */
  readonly format?: SopsFormat | undefined;
  /** `sops`: the layout sops 3.13 itself writes, byte for byte. Default `source`: the layout of the input. */
  readonly emit?: SopsEmit | undefined;
  /** Time of `lastmodified`. Default: now. */
  readonly now?: (() => Date) | undefined;
}

/**
 * Plaintext, or data: a plain object is a document, a list of them is a YAML file with several. What the format cannot hold
 * (functions, class instances, lone surrogates) is refused with `unsupported-value`.
 */
export type Plaintext = string | object;

/**
 * Encrypts text or data into a SOPS file with a new data key. Text keeps its layout and comments; anchors and aliases of
 * YAML are expanded, as SOPS cannot hold them.
 *
 * @throws {@link SopsError} `already-encrypted`, `reserved-key`, `invalid-yaml`, `unsupported-yaml`,
 * `unsupported-value`, `no-recipients`, `invalid-recipient`, `invalid-regex`, `conflicting-selection`.
 *
 * @example
 * import { encrypt, generateIdentity } from "@idstack/sops";
 * const { recipient } = await generateIdentity();
 * const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, stringData: { password: "hunter2" } };
 * const text = await encrypt(secret, { recipients: [recipient], encryptedRegex: "^(data|stringData)$" });
 * console.log(text.includes("hunter2"), text.includes("kind: Secret")); // false true
 */
export async function encrypt(plaintext: Plaintext, options: EncryptOptions): Promise<string> {
  const { file } = options;
  const selector = selectorOf(options, { file });
  const format = formatOf(options);
  if (format === "binary") return encryptBytes(plaintext, options);
  const parsed = parsePlain(toText(plaintext, file, format), file, format, options.emit);
  const key = newDataKey();
  const wrapped = await wrapGroups(key, options, options, file);
  const text = encryptDocuments(parsed, {
    key,
    age: wrapped.groups[0] ?? [],
    selector,
    macOnlyEncrypted: options.macOnlyEncrypted === true,
    lastModified: utcSeconds((options.now ?? (() => new Date()))()),
    file,
    store: storeFor(format),
    emit: options.emit,
  });
  return isPlain(wrapped) ? text : withKeys(text, wrapped, file, options.format);
}

async function encryptBytes(plaintext: Plaintext, options: EncryptOptions): Promise<string> {
  const { file, now = () => new Date() } = options;
  const bytes = typeof plaintext === "string" ? Buffer.from(plaintext, "utf8") : plaintext;
  if (!(bytes instanceof Uint8Array)) {
    throw new SopsError("unsupported-value", "a binary file is made of text or of bytes", { file });
  }
  if (isBinaryEnvelope(bytes)) throw new SopsError("already-encrypted", "the file is encrypted already", { file });
  const key = newDataKey();
  const wrapped = await wrapGroups(key, options, options, file);
  const text = encryptBinary(bytes, { key, age: wrapped.groups[0] ?? [], lastModified: utcSeconds(now()) });
  return isPlain(wrapped) ? text : withKeys(text, wrapped, file, "binary");
}

/** The text of plaintext in any of its forms. */
export function toText(plaintext: Plaintext, file?: string, format: SopsFormat = "yaml"): string {
  if (typeof plaintext === "string") return plaintext;
  if (plaintext instanceof Uint8Array) return decodeUtf8(plaintext, file);
  const documents: readonly unknown[] = Array.isArray(plaintext) ? plaintext : [plaintext];
  const store = storeFor(format);
  if (store !== undefined && documents.length !== 1) {
    throw new SopsError("unsupported-value", `a file of the format ${format} holds one document`, { file });
  }
  return documents
    .map((data) => {
      const tree = fromData(data);
      if (tree.kind === "map") return store?.emit(tree) ?? emitTree(tree);
      throw new SopsError("unsupported-value", "a document is a mapping at the top", { file });
    })
    .join("---\n");
}
