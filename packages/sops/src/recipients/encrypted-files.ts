import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { readIfThere, readText } from "../internal/files.ts";
import { replacedBy } from "../internal/leftovers.ts";
import { isEncrypted } from "../is-encrypted.ts";
import { formatForPath } from "../stores/format.ts";

/** Folders that never hold files of one's own. */
const SKIPPED = new Set([".git", "node_modules"]);

export interface FoundFile {
  readonly path: string;
  readonly text: string;
}

/** The SOPS files below a folder, in the order of their paths. Symbolic links are not followed. A file is itself. */
export async function* encryptedFiles(root: string): AsyncGenerator<FoundFile> {
  if ((await stat(root)).isDirectory()) yield* filesBelow(root);
  else yield { path: root, text: await readText(root) };
}

async function* filesBelow(folder: string): AsyncGenerator<FoundFile> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* filesBelow(path);
    } else if (entry.isFile() && replacedBy(entry.name) === undefined) {
      const text = await readIfThere(path);
      if (text !== undefined && isSopsFile(path, text)) yield { path, text };
    }
  }
}

/** A binary file is a JSON envelope: a document that shows a SOPS file is none. */
function isSopsFile(path: string, text: string): boolean {
  return isEncrypted(text) && (formatForPath(path) !== "binary" || text.trimStart().startsWith("{"));
}
