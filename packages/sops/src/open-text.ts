import type { EditOptions } from "./edit.ts";
import { unwrapDataKey } from "./internal/data-key.ts";
import { decryptDocuments } from "./internal/decrypt-documents.ts";
import { encryptAgain, sameKeysFor } from "./internal/encrypt-again.ts";
import { parsePlain } from "./internal/encrypt-documents.ts";
import { parseEncrypted } from "./internal/encrypted-file.ts";
import { decodeUtf8 } from "./internal/files.ts";
import { utcSeconds } from "./internal/go-time.ts";
import { plainText } from "./internal/plain-text.ts";
import { decryptBinary, encryptBinary } from "./stores/binary-store.ts";
import { emitAsSops } from "./stores/emit-as-sops.ts";
import { formatOf } from "./stores/format.ts";

/** The plaintext of a file while somebody edits it as text. It holds secrets: keep it out of logs. */
export interface OpenText {
  readonly bytes: Uint8Array;
  /**
   * The file with other plaintext: same data key, same recipients, and the bytes of every value that did not change.
   * Call it again when it throws, with a text that is well-formed.
   *
   * @throws SopsError `invalid-yaml` and its like, `unsupported-yaml`, `reserved-key`, `already-encrypted`.
   */
  encrypt(edited: Uint8Array): string;
}

/**
 * Opens an encrypted text for an editor, as `sops edit` does. Unlike with {@link edit} the plaintext is text, with its
 * layout and comments, and what comes back is any other text.
 *
 * @throws {@link SopsError} as `decrypt`.
 *
 * @example
 * import { decrypt, encrypt, generateIdentity, openText } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const options = { identities: [identity] };
 * const open = await openText(await encrypt("token: old # rotate\n", { recipients: [recipient] }), options);
 * const edited = Buffer.from(open.bytes).toString().replace("old", "new");
 * console.log((await decrypt(open.encrypt(Buffer.from(edited)), options)).text === "token: new # rotate\n"); // true
 */
export async function openText(text: string, options: EditOptions = {}): Promise<OpenText> {
  const { file, emit } = options;
  const format = formatOf(options);
  const source = parseEncrypted(text, file, format);
  const key = await unwrapDataKey(source.metadata, options, file);
  const verify = options.ignoreMac !== true;
  const time = (): string => utcSeconds((options.now ?? (() => new Date()))());
  if (format === "binary") {
    const age = source.metadata.age;
    return {
      bytes: decryptBinary(source, key, verify),
      encrypt: (edited) => sameKeysFor(source, encryptBinary(edited, { key, age, lastModified: time() })),
    };
  }
  const { roots, stash } = decryptDocuments(source, key, verify);
  return {
    bytes: Buffer.from(emit === "sops" ? emitAsSops(source.store, roots) : plainText(source, roots)),
    encrypt(edited) {
      const parsed = parsePlain(decodeUtf8(edited, file), file, format);
      return encryptAgain(source, parsed, { key, lastModified: time(), stash, emit });
    },
  };
}
