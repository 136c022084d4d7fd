import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** One digest for a set of facts, whatever their order. */
export function digestOf(facts: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(facts).sort(([left], [right]) => (left < right ? -1 : 1));
  return sha256(JSON.stringify(sorted));
}

/** Digest of every file below a directory, by its path with forward slashes. */
export async function digestFiles(directory: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile() && !each.name.startsWith("."))) {
    const path = join(entry.parentPath, entry.name);
    digests[relative(directory, path).split(sep).join("/")] = sha256(await readFile(path));
  }
  return digests;
}
