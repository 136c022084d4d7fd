import { writeAtomic } from "./internal/write-atomic.ts";

/** How {@link replaceFile} writes. */
export interface ReplaceOptions {
  /** What the file must still hold; anything else means that somebody else wrote it meanwhile. Default: not checked. */
  readonly expected?: string | Uint8Array | undefined;
  /** Of a file that is new. Default 0o666, less the umask. */
  readonly mode?: number | undefined;
}

/**
 * Writes a file in one step: readers see the old or the new content, never a part. Mode and owner of an existing file are
 * kept; a symbolic link keeps pointing to the file it names.
 *
 * @throws {@link SopsError} `write-failed`, `file-changed`
 *
 * @example
 * import { mkdtemp, readFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { replaceFile } from "@idstack/sops";
 * const path = join(await mkdtemp(join(tmpdir(), "sops-")), "plain.yaml");
 * await replaceFile(path, "token: hunter2\n", { mode: 0o600 });
 * console.log((await readFile(path, "utf8")).length); // 15
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: ReplaceOptions = {},
): Promise<void> {
  await writeAtomic(path, content, options);
}
