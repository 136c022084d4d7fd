import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readIfThere } from "../internal/files.ts";
import { isEncrypted } from "../is-encrypted.ts";

/** Folders that never hold files of one's own. */
const SKIPPED = new Set([".git", "node_modules"]);

export interface FoundFile {
  readonly path: string;
  readonly text: string;
}

/** The SOPS files below a folder, in the order of their paths. Symbolic links are not followed. */
export async function* encryptedFiles(folder: string): AsyncGenerator<FoundFile> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* encryptedFiles(path);
    } else if (entry.isFile()) {
      const text = await readIfThere(path);
      if (text !== undefined && isEncrypted(text)) yield { path, text };
    }
  }
}
