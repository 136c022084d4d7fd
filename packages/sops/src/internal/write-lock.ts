import { randomBytes } from "node:crypto";
import { link, open, readFile, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { SopsError } from "../errors.ts";
import { isRunning } from "./is-running.ts";

/** A lock is held for one comparison and one rename. After this many milliseconds its holder is gone or was suspended. */
const STALE = 5_000;
const PATIENCE = 15_000;
const PAUSE = 10;

/**
 * Lets one process at a time compare and replace a file: between the two another one could write, and its change would be
 * lost. Only those that use this function wait for each other. What a killed one leaves is taken away by the next.
 *
 * @param act - Is given a function that says whether the lock is still ours, to be asked right before the last step.
 */
export async function withWriteLock<T>(target: string, act: (held: () => Promise<boolean>) => Promise<T>): Promise<T> {
  const path = join(dirname(target), `.${basename(target)}.idstack-lock`);
  const owner = `${hostname()} ${process.pid} ${randomBytes(9).toString("base64url")}\n`;
  await acquire(path, owner, target);
  const held = async () => (await content(path)) === owner;
  try {
    return await act(held);
  } finally {
    if (await held()) await rm(path, { force: true });
  }
}

async function acquire(path: string, owner: string, target: string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await created(path, owner))) {
    const holder = await content(path);
    if (holder !== undefined && (await isStale(path, holder))) await take(path, holder, owner);
    else if (performance.now() > end) {
      const what = `another process is writing the file; if there is none, remove ${path}`;
      throw new SopsError("file-changed", what, { file: target });
    } else await pause(PAUSE * (1 + Math.random()));
  }
}

async function created(path: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(path, "wx", 0o600);
    try {
      await handle.writeFile(owner);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Of a process of this machine that is gone, or older than any lock is. */
async function isStale(path: string, holder: string): Promise<boolean> {
  const [host, pid = ""] = holder.split(" ");
  if (host === hostname() && /^\d+$/.test(pid) && !isRunning(Number(pid))) return true;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
  return Date.now() - mtimeMs > STALE;
}

/** Moves a stale lock away: what is removed is what was judged, never the lock of someone who was faster. */
async function take(path: string, holder: string, owner: string): Promise<void> {
  const away = `${path}.${owner.trimEnd().split(" ")[2]}`;
  try {
    await rename(path, away);
  } catch {
    return;
  }
  if ((await content(away)) !== holder) await link(away, path).catch(() => undefined);
  await rm(away, { force: true });
}

async function content(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch(() => undefined);
}
