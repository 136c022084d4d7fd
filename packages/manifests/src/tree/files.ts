import { randomUUID } from "node:crypto";
import { chmod, lstat, mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ManifestError } from "../manifest-error.ts";

/** What stands at a path of the tree. */
export interface ExistingFile {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * Reads what stands at a path below the root, without following any link.
 *
 * @throws ManifestError `symlink` if the path, or a folder on its way, is one; `foreign-file` if a folder stands there.
 */
export async function readExisting(root: string, path: string): Promise<ExistingFile | undefined> {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth++) {
    const part = parts.slice(0, depth).join("/");
    const stats = await lstat(join(root, part)).catch(ignoreMissing);
    if (stats === undefined) return undefined;
    if (stats.isSymbolicLink()) {
      throw new ManifestError("symlink", `${part} is a symbolic link: remove it, nothing is written through links`, {
        paths: [part],
      });
    }
    const wanted = depth === parts.length ? stats.isFile() : stats.isDirectory();
    if (!wanted) throw new ManifestError("foreign-file", `${part} is in the way of ${path}`, { paths: [part] });
    if (depth === parts.length) return { text: await readFile(join(root, path), "utf8"), mode: stats.mode & 0o777 };
  }
  return undefined;
}

function ignoreMissing(error: unknown): undefined {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  throw error;
}

/** Writes a file so that readers see the old text or the new one, never a part: temporary file, then rename. */
export async function writeAtomically(root: string, path: string, text: string, mode?: number): Promise<void> {
  const target = join(root, path);
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(target).slice(0, 100)}.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, text, { flag: "wx", ...(mode === undefined ? {} : { mode }) });
    // The umask may have taken bits away.
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes a file, and the folders that are empty without it. */
export async function removeFile(root: string, path: string): Promise<void> {
  await rm(join(root, path), { force: true });
  const parts = path.split("/").slice(0, -1);
  for (; parts.length > 0; parts.pop()) {
    const removed = await rmdir(join(root, ...parts)).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}
