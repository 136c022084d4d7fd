import { openKeyRing } from "./age/key-ring.ts";
import type { KeySourceOptions } from "./age/key-sources.ts";
import { decrypt } from "./decrypt.ts";
import { type EncryptOptions, encrypt, type Plaintext, toText } from "./encrypt.ts";
import { sameTree } from "./internal/compare-trees.ts";
import { unwrapDataKey } from "./internal/data-key.ts";
import { decryptDocuments } from "./internal/decrypt-documents.ts";
import { encryptAgain } from "./internal/encrypt-again.ts";
import { parsePlain } from "./internal/encrypt-documents.ts";
import { type EncryptedFile, parseEncrypted } from "./internal/encrypted-file.ts";
import { utcSeconds } from "./internal/go-time.ts";
import { rewriteFile } from "./internal/rewrite-file.ts";
import { selectorOf } from "./internal/selector.ts";
import { isWrappedBy } from "./keys/master-key.ts";
import type { OtherKey, SopsMetadata } from "./metadata.ts";
import { sameKeys } from "./recipients/change-recipients.ts";
import { rotate } from "./recipients/rotate.ts";
import { formatOf } from "./stores/format.ts";

/**
 * Encrypts, unless `previousText` already holds the same: then it comes back byte for byte. Rendering a repository
 * twice thus gives the same files.
 *
 * The previous text is kept when its values, their order, the selection rule, `macOnlyEncrypted` and the set of
 * recipients are the same; for text input its comments too. If only values differ, data takes over the layout of the file;
 * if the recipients or the rule differ, it is encrypted anew. The data key is a new one whenever anything differs: whoever
 * wrote the previous text, which takes no more than the recipients, may know its own.
 *
 * @throws {@link SopsError} as `encrypt`, and as `decrypt` for the previous text: a broken MAC is never papered over.
 *
 * @example
 * import { encryptIfChanged, generateIdentity } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const options = { recipients: [recipient], identities: [identity] };
 * const first = await encryptIfChanged(undefined, { token: "hunter2" }, options);
 * console.log((await encryptIfChanged(first, { token: "hunter2" }, options)) === first); // true
 */
export async function encryptIfChanged(
  previousText: string | undefined,
  plaintext: Plaintext,
  options: EncryptOptions & KeySourceOptions,
): Promise<string> {
  if (previousText === undefined) return encrypt(plaintext, options);
  if (formatOf(options) === "binary") return binaryIfChanged(previousText, plaintext, options);
  const source = parseEncrypted(previousText, options.file, options.format);
  const selector = selectorOf(options, { file: options.file });
  if (!sameRules(source, options, selector.option)) return encrypt(plaintext, options);
  const keyRing = options.keyRing ?? openKeyRing(options);
  const key = await unwrapDataKey(source.metadata, { ...options, keyRing }, options.file);
  const before = decryptDocuments(source, key, true);
  const isText = typeof plaintext === "string";
  const format = formatOf(options);
  const parsed = parsePlain(toText(plaintext, options.file, format), options.file, format);
  const roots = parsed.documents.map(({ root }) => root);
  const unchanged =
    roots.length === before.roots.length &&
    roots.every((root, index) => sameTree(root, before.roots[index] ?? root, isText) && index < before.roots.length);
  if (unchanged) return previousText;
  const lastModified = utcSeconds((options.now ?? (() => new Date()))());
  // Data says nothing about layout: the file keeps its own. Text brings its layout along.
  const changed =
    !isText && roots.length === before.roots.length
      ? rewriteFile(source, before, roots, key, lastModified)
      : encryptAgain(source, parsed, { key, lastModified });
  return rotate(changed, { ...options, keyRing });
}

async function binaryIfChanged(
  previousText: string,
  plaintext: Plaintext,
  options: EncryptOptions & KeySourceOptions,
): Promise<string> {
  const { bytes, metadata } = await decrypt(previousText, options);
  const wanted = typeof plaintext === "string" ? Buffer.from(plaintext, "utf8") : plaintext;
  const equal = wanted instanceof Uint8Array && Buffer.compare(wanted, bytes) === 0;
  return equal && sameRecipients(metadata, options) ? previousText : encrypt(plaintext, options);
}

function sameRules(source: EncryptedFile, options: EncryptOptions, option: readonly string[]): boolean {
  const { metadata, selector } = source;
  return (
    sameRecipients(metadata, options) &&
    metadata.macOnlyEncrypted === (options.macOnlyEncrypted === true) &&
    selector.option.every((part, index) => part === option[index])
  );
}

function sameRecipients(metadata: SopsMetadata, options: EncryptOptions): boolean {
  if (options.namedKeys !== undefined) return sameKeys(metadata, options);
  const others = othersOf(metadata);
  const keys = options.masterKeys ?? [];
  const sameOthers = others.length === keys.length && others.every((one) => keys.some((key) => isWrappedBy(one, key)));
  return sameOthers && sameKeys(metadata, options);
}

function othersOf({ groups }: SopsMetadata): readonly OtherKey[] {
  return groups.flatMap(({ others }) => others);
}
