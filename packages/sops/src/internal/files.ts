import { readFile as readFileCallback } from "node:fs";
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

/** `ENOENT`, `EACCES` and their like. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
