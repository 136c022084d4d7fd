import { SopsError } from "./errors.ts";
import { readMetadata } from "./read-metadata.ts";
import type { FormatOptions } from "./stores/format.ts";

/** What {@link fileStatus} says. */
export interface FileStatus {
  readonly encrypted: boolean;
}

/** A block that says nothing is no metadata; what sops cannot hold is no file of sops. */
const NOT_ENCRYPTED: readonly string[] = ["not-encrypted", "invalid-metadata", "unsupported-yaml"];

/**
 * What `sops filestatus` says: whether a text has the metadata of an encrypted file, with a version and a MAC. Needs no key
 * and verifies nothing; unlike `isEncrypted` it reads the text as one format.
 *
 * @throws {@link SopsError} `invalid-yaml` and its like.
 *
 * @example
 * import { fileStatus } from "@idstack/sops";
 * console.log(fileStatus("password: hunter2\n")); // { encrypted: false }
 */
export function fileStatus(text: string, options: FormatOptions = {}): FileStatus {
  try {
    const { version, mac } = readMetadata(text, options);
    return { encrypted: version !== "" && mac !== undefined };
  } catch (error) {
    if (error instanceof SopsError && NOT_ENCRYPTED.includes(error.code)) return { encrypted: false };
    throw error;
  }
}
