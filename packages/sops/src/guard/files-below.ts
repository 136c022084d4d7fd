import { constants } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { SopsError } from "../errors.ts";
import { decodeText } from "./decode-text.ts";
import { tryGit } from "./git.ts";
import type { GuardedFile } from "./guard-tree.ts";

/** Folders that never hold files of one's own. */
const SKIPPED = new Set([".git", "node_modules"]);
/** Files read at the same time. */
const AHEAD = 32;

/** The files below a folder; inside a repository those that git would take. */
export async function filesBelow(folder: string): Promise<string[]> {
  const flags = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const listed = await tryGit(flags, folder);
  // A folder that is named although git ignores it is meant.
  if (listed === undefined || listed === "") return await walk(folder);
  return listed.split("\0").flatMap((name) => (name === "" ? [] : [join(folder, name)]));
}

async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new SopsError("read-failed", `cannot be read (${cause.code})`, { file: folder, cause });
  });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : await walk(path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return found.flat();
}

/** Reads files, some at the same time; `path` has `/`. What is gone, a folder or a symbolic link is left out. */
export async function readFiles(paths: readonly string[]): Promise<GuardedFile[]> {
  const files: (GuardedFile | undefined)[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < paths.length) {
      const index = next;
      next += 1;
      files[index] = await readOne(paths[index] ?? "");
    }
  };
  await Promise.all(Array.from({ length: AHEAD }, worker));
  return files.filter((file) => file !== undefined);
}

async function readOne(path: string): Promise<GuardedFile | undefined> {
  try {
    // Windows has no such flag, and few links.
    const bytes = await readFile(path, { flag: constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) });
    return { path: path.replaceAll(sep, "/"), text: decodeText(bytes) };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EISDIR" || code === "ELOOP" || code === "ENOTDIR") return undefined;
    throw new SopsError("read-failed", `cannot be read (${code})`, { file: path, cause });
  }
}
