import { randomBytes } from "node:crypto";
import { readFile as readFileCallback } from "node:fs";
import { chmod, chown, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { SopsError } from "../errors.ts";

/** Half the time of that of node:fs/promises, which makes an object of each file it opens. */
const readFile = promisify(readFileCallback);

/** The text of a file; undefined if there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return undefined;
    throw new SopsError("read-failed", `cannot be read (${errorCode(cause)})`, { file: path, cause });
  }
}

export async function readText(path: string): Promise<string> {
  const text = await readIfThere(path);
  if (text === undefined) throw new SopsError("read-failed", "no such file", { file: path });
  return text;
}

export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const what = errorCode(cause) === "ENOENT" ? "no such file" : `cannot be read (${errorCode(cause)})`;
    throw new SopsError("read-failed", what, { file: path, cause });
  }
}

/** Text of bytes. What is not UTF-8 would change when it is written again. */
export function decodeUtf8(bytes: Uint8Array, file?: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SopsError("read-failed", "is not UTF-8 text", { file });
  }
}

/**
 * Replaces a file in one step: readers see the old or the new content, never a part. Mode and owner are kept; a
 * symbolic link keeps pointing to the file it names.
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  options: { readonly expected?: string | Uint8Array | undefined; readonly mode?: number | undefined } = {},
): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const before = await stat(target).catch(() => undefined);
    const handle = await open(temporary, "wx", before === undefined ? (options.mode ?? 0o666) : before.mode & 0o777);
    try {
      await handle.writeFile(content, "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (before !== undefined) {
      // The mode of open() is cut by the umask. Giving a file away needs privileges; without them the mode must do.
      await chmod(temporary, before.mode & 0o7777);
      await chown(temporary, before.uid, before.gid).catch(() => undefined);
    }
    if (options.expected !== undefined && !(await holds(target, options.expected))) {
      throw new SopsError("file-changed", "the file was changed by someone else meanwhile; nothing was written", {
        file: path,
      });
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    if (cause instanceof SopsError) throw cause;
    throw new SopsError("write-failed", `cannot be written (${errorCode(cause)})`, { file: path, cause });
  }
}

async function holds(path: string, expected: string | Uint8Array): Promise<boolean> {
  if (typeof expected === "string") return (await readIfThere(path)) === expected;
  const bytes = await readFile(path).catch(() => undefined);
  return bytes?.equals(expected) === true;
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
