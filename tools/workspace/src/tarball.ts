import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const BLOCK = 512;

/** A file in an npm tarball; `path` is relative to the package. */
export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
}

/** The files of an npm tarball, in its order. */
export function packedFiles(tarball: string): PackedFile[] {
  const tar = gunzipSync(readFileSync(tarball));
  const files: PackedFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number): string =>
      tar.toString("utf8", at + from, at + from + length).replace(/\0.*$/s, "");
    const bytes = Number.parseInt(text(124, 12), 8);
    const type = text(156, 1);
    const body = tar.toString("utf8", at + BLOCK, at + BLOCK + bytes);
    const name = longName ?? [text(345, 155), text(0, 100)].filter((part) => part !== "").join("/");
    longName =
      type === "x" ? /^\d+ path=(.*)$/m.exec(body)?.[1] : type === "L" ? body.replace(/\0.*$/s, "") : undefined;
    if (type === "0" || type === "") files.push({ path: name.replace(/^package\//, ""), bytes });
    at += BLOCK + Math.ceil(bytes / BLOCK) * BLOCK;
  }
  return files;
}
