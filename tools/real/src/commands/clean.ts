import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Component } from "../component.ts";
import { outdatedBuilds } from "../install.ts";
import { cacheDirectory, cacheEntries } from "../internal/cache-directory.ts";
import { acquireFileLock } from "../internal/file-lock.ts";

/** Empties the cache, or takes old builds out of it. Waits for a build that is under way. Returns what it did. */
export async function clean(
  components: readonly Component[],
  onlyOld: boolean,
  cache = cacheDirectory(),
): Promise<string> {
  await using _lock = await acquireFileLock(join(cache, "locks", "build"), { purpose: "cleaning" });
  const old = onlyOld ? await outdatedBuilds(components, cache) : [];
  const paths = onlyOld
    ? old
    : // How long builds took stays known; the lock is ours and goes last.
      cacheEntries.filter((entry) => entry !== "timings" && entry !== "locks").map((entry) => join(cache, entry));
  for (const path of paths) await rm(path, { recursive: true, force: true });
  return onlyOld ? `${old.length} old builds removed from ${cache}\n` : `${cache} is empty\n`;
}
