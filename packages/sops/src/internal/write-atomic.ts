import { chmod, chown, type FileHandle, lstat, open, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { SopsError } from "../errors.ts";
import { errorCode } from "./files.ts";
import { removeLeftovers, temporaryFor } from "./leftovers.ts";
import { withWriteLock } from "./write-lock.ts";

/** Characters at a time, so that a large text is not in memory once more as bytes. */
const PIECE = 8 << 20;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "files cannot be made in its folder",
  EPERM: "files cannot be made in its folder, or the file is immutable",
  ENOENT: "its folder does not exist",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  ELOOP: "symbolic links go round in a circle",
  EFBIG: "it would be larger than is allowed",
  EXDEV: "it is mounted on its own, so that it cannot be replaced in one step: mount its folder instead",
  EBUSY: "it is mounted on its own, so that it cannot be replaced in one step: mount its folder instead",
};

export interface WriteAtomicOptions {
  /** What the file must still hold; null when there must be none yet. */
  readonly expected?: string | Uint8Array | null | undefined;
  /** Of a new file. Default 0o666, less the umask. */
  readonly mode?: number | undefined;
}

/**
 * Replaces a file in one step: readers see the old or the new content, never a part, whenever this process ends. Mode and
 * owner are kept as far as the process may; as with sops, a symbolic link goes on pointing to the file it names, even if
 * that is made only now. Other hard links keep the old content.
 *
 * Only a file in the same folder can take another's place. One whose writer is killed stays there, readable for its owner
 * alone, until the next write of the same file.
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  options: WriteAtomicOptions = {},
): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = await followLinks(path);
    const replacement = await temporaryFor(target);
    temporary = replacement;
    const written = await writeTemporary(replacement, target, content, options.mode);
    await withWriteLock(target, async (held) => {
      await dressLike(target, replacement, written.mode);
      const { expected } = options;
      if ((expected !== undefined && !(await holds(target, expected))) || !(await held())) {
        const what = "the file was changed by someone else meanwhile; nothing was written";
        throw new SopsError("file-changed", what, { file: path });
      }
      await rename(replacement, target);
      await removeLeftovers(target, written.at).catch(() => undefined);
    });
  } catch (cause) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
    if (cause instanceof SopsError) throw cause;
    const code = errorCode(cause);
    const reason = REASONS[code] === undefined ? code : `${REASONS[code]} (${code})`;
    throw new SopsError("write-failed", `cannot be written, and is as it was: ${reason}`, { file: path, cause });
  }
}

/**
 * Writes a file that is its owner's alone until it takes its place.
 *
 * @returns When that was, and the mode of a new file.
 */
async function writeTemporary(temporary: string, target: string, content: string | Uint8Array, mode = 0o666) {
  const isNew = (await stat(target).catch(() => undefined)) === undefined;
  const handle = await open(temporary, "wx", isNew ? mode : 0o600);
  try {
    const created = await handle.stat();
    // Some file systems know no modes.
    await handle.chmod(0o600).catch(() => undefined);
    await writePieces(handle, content);
    await handle.sync();
    return { mode: created.mode & 0o7777, at: (await handle.stat()).mtimeMs };
  } finally {
    await handle.close();
  }
}

/** Gives a file the owner and the mode of the one it is to replace. */
async function dressLike(target: string, temporary: string, mode: number): Promise<void> {
  const before = await stat(target).catch(() => undefined);
  if (before !== undefined) {
    // Giving a file away needs privileges, a group of one's own does not; without either the mode must do.
    await chown(temporary, before.uid, before.gid).catch(() => chown(temporary, -1, before.gid).catch(() => undefined));
  }
  // Last: chown() takes bits off it.
  await chmod(temporary, before === undefined ? mode : before.mode & 0o7777);
}

async function writePieces(handle: FileHandle, content: string | Uint8Array): Promise<void> {
  if (typeof content !== "string") return handle.writeFile(content);
  for (let at = 0; at < content.length || at === 0; ) {
    // Not between the halves of a character.
    const split = (content.charCodeAt(at + PIECE - 1) & 0xfc00) === 0xd800;
    const end = at + PIECE + (split ? 1 : 0);
    await handle.writeFile(content.slice(at, end), "utf8");
    at = end;
  }
}

/** The file a path stands for. A link to nothing stands for what it would point to. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  const isLink = await lstat(path).then(
    (status) => status.isSymbolicLink(),
    () => false,
  );
  return isLink ? followLinks(resolve(await realpath(dirname(path)), await readlink(path))) : path;
}

/** Compares piece by piece, so that a large file is not in memory once more. */
async function holds(path: string, expected: string | Uint8Array | null): Promise<boolean> {
  if (expected === null) return (await stat(path).catch(() => null)) === null;
  const bytes = typeof expected === "string" ? Buffer.from(expected, "utf8") : expected;
  const handle = await open(path, "r").catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const piece = Buffer.alloc(Math.min(PIECE, bytes.length + 1));
    let at = 0;
    for (;;) {
      const { bytesRead } = await handle.read(piece);
      if (bytesRead === 0) return at === bytes.length;
      if (Buffer.compare(piece.subarray(0, bytesRead), bytes.subarray(at, at + bytesRead)) !== 0) return false;
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
