import { isPlain, wrappedKeysOf } from "../keys/key-groups.ts";
import { withKeys } from "../recipients/replace-keys.ts";
import type { SopsEmit } from "../stores/emit-as-sops.ts";
import type { Stash } from "./decrypt-documents.ts";
import { encryptDocuments } from "./encrypt-documents.ts";
import type { EncryptedFile } from "./encrypted-file.ts";
import type { ParsedFile } from "./parse-yaml.ts";

export interface AgainOptions {
  readonly key: Uint8Array;
  readonly lastModified: string;
  readonly stash?: Stash | undefined;
  readonly emit?: SopsEmit | undefined;
}

/** Encrypts other plaintext in the place of that of a file: same data key, same recipients, same rule. */
export function encryptAgain(source: EncryptedFile, parsed: ParsedFile, options: AgainOptions): string {
  const { metadata, selector, file, store } = source;
  const { age, macOnlyEncrypted } = metadata;
  return sameKeysFor(source, encryptDocuments(parsed, { ...options, age, selector, macOnlyEncrypted, file, store }));
}

/** Gives a text that knows age keys only what the metadata of `source` has besides. */
export function sameKeysFor({ metadata, file, store }: EncryptedFile, text: string): string {
  const keys = wrappedKeysOf(metadata);
  return isPlain(keys) ? text : withKeys(text, keys, file, store?.format ?? "yaml");
}
