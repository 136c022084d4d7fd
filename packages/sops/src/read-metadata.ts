import { parseEncrypted } from "./internal/encrypted-file.ts";
import type { SopsMetadata } from "./metadata.ts";
import type { FormatOptions } from "./stores/format.ts";

/**
 * Reads the `sops` block of an encrypted file: for whom it is encrypted, by which rule, when. Needs no key, and verifies
 * nothing.
 *
 * @throws {@link SopsError} `not-encrypted`, `invalid-yaml`, `invalid-metadata`.
 *
 * @example
 * import { encrypt, generateIdentity, readMetadata } from "@idstack/sops";
 * const { recipient } = await generateIdentity();
 * const text = await encrypt({ a: 1 }, { recipients: [recipient] });
 * console.log(readMetadata(text).age.map((key) => key.recipient === recipient)); // [ true ]
 */
export function readMetadata(text: string, options: FormatOptions = {}): SopsMetadata {
  return parseEncrypted(text, options.file, options.format).metadata;
}
