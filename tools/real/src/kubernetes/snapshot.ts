import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { acquireFileLock } from "../internal/file-lock.ts";

const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)];

/**
 * The directory of etcd's packed data for a key, made by `make` if the cache has none: it fills the directory it is
 * given and leaves nothing running. It appears in the cache whole or not at all.
 */
export async function snapshotFor(
  cache: string,
  key: string,
  make: (dataDirectory: string) => Promise<void>,
): Promise<string> {
  const target = join(cache, "snapshots", key);
  if (await exists(target)) return target;
  await using _lock = await acquireFileLock(join(cache, "locks", "snapshot"), { purpose: "preparing an API server" });
  if (await exists(target)) return target;
  const drafts = join(cache, "snapshots", ".drafts");
  await rm(drafts, { recursive: true, force: true });
  await mkdir(drafts, { recursive: true });
  const draft = await mkdtemp(join(drafts, "draft-"));
  try {
    await make(join(draft, "data"));
    await pack(join(draft, "data"), join(draft, "packed"));
    await rename(join(draft, "packed"), target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
}

async function pack(from: string, to: string): Promise<void> {
  for (const path of await filesBelow(from)) {
    // Space that etcd sets aside for its next log.
    if (path.endsWith(".tmp")) continue;
    const target = join(to, `${relative(from, path)}.zst`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await compress(await readFile(path)));
  }
}

/** Unpacks what {@link snapshotFor} returned. */
export async function unpackSnapshot(from: string, to: string): Promise<void> {
  for (const path of await filesBelow(from)) {
    const target = join(to, relative(from, path).replace(/\.zst$/, ""));
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(target, await decompress(await readFile(path)), { mode: 0o600 });
  }
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
