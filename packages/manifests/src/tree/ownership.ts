import { createHash } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { compareText, isMapping } from "../internal/plain.ts";
import type { ObjectRef } from "../kube-object.ts";
import { ManifestError } from "../manifest-error.ts";
import { assertSafe, ownershipPath, ownFolder } from "./paths.ts";

/** One owned file. */
export interface OwnedFile {
  /** Hash of the text as written. */
  readonly sha256: string;
  /** Hash before a write that may have been interrupted. */
  readonly was?: string | undefined;
  readonly objects: readonly ObjectRef[];
}

/** SHA-256 of a text, whatever line ends a checkout gave it. */
export function textHash(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

/** Reads the ownership manifest of a root; none means that nothing is owned. */
export async function readOwnership(root: string): Promise<Map<string, OwnedFile>> {
  for (const path of [ownFolder, ownershipPath]) {
    const stats = await lstat(join(root, path)).catch(() => undefined);
    if (stats === undefined) return new Map();
    if (stats.isSymbolicLink()) throw new ManifestError("symlink", `${path} is a symbolic link`, { paths: [path] });
  }
  const text = await readFile(join(root, ownershipPath), "utf8");
  try {
    return parse(JSON.parse(text));
  } catch (cause) {
    const message = `${ownershipPath} is damaged: restore it, or delete it to start anew (files that differ are then foreign)`;
    throw new ManifestError("broken-ownership", message, { paths: [ownershipPath], cause });
  }
}

function parse(value: unknown): Map<string, OwnedFile> {
  if (!isMapping(value) || value["version"] !== 1 || !isMapping(value["files"])) throw new Error("not of version 1");
  return new Map(
    Object.entries(value["files"]).map(([path, entry]) => {
      // The file is in a repository that others write to: its paths decide what gets deleted.
      assertSafe(path);
      if (!isMapping(entry) || typeof entry["sha256"] !== "string") throw new Error(`no hash for ${path}`);
      const { sha256, was, objects } = entry;
      const refs = Array.isArray(objects) ? objects.filter(isRef) : [];
      return [path, { sha256, ...(typeof was === "string" ? { was } : {}), objects: refs }];
    }),
  );
}

function isRef(value: unknown): value is ObjectRef {
  return isMapping(value) && ["apiVersion", "kind", "name"].every((key) => typeof value[key] === "string");
}

/** Text of the ownership manifest: one line a file, so that merges stay readable. */
export function ownershipText(files: ReadonlyMap<string, OwnedFile>): string {
  const lines = [...files]
    .sort(([a], [b]) => compareText(a, b))
    .map(([path, file]) => `    ${JSON.stringify(path)}: ${JSON.stringify(file)}`);
  return `{\n  "version": 1,\n  "files": {\n${lines.join(",\n")}\n  }\n}\n`;
}
