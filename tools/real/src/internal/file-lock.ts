import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive, type ProcessIdentity, thisProcess } from "./process-identity.ts";

/** What a lock file holds. */
export interface LockOwner {
  readonly id: string;
  readonly process: ProcessIdentity;
  /** What the owner does, for those who wait. */
  readonly purpose: string;
  readonly since: number;
}

export interface FileLockOptions {
  readonly purpose: string;
  readonly signal?: AbortSignal | undefined;
  /** Called at every look at a lock that another process holds. */
  readonly onWait?: (owner: LockOwner) => void;
}

const lookEveryMs = 200;
const beatEveryMs = 5_000;
/** Only for owners on another machine, whose process cannot be looked up. */
const silentForMs = 60_000;

/**
 * Holds `path` as a lock across processes until disposed. A lock whose owner has died is taken over: by one process
 * only, since each removal needs a marker named after that very lock, which one process alone can create.
 */
export async function acquireFileLock(path: string, options: FileLockOptions): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  const owner: LockOwner = { id: randomUUID(), process: thisProcess(), purpose: options.purpose, since: Date.now() };
  while (!(await create(path, owner))) {
    options.signal?.throwIfAborted();
    const current = await readOwner(path);
    if (current === undefined) continue;
    if (await isStale(path, current)) {
      if (await removeStale(path, current, owner)) continue;
    } else options.onWait?.(current);
    await delay(lookEveryMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, beatEveryMs);
  beat.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(beat);
      if ((await readOwner(path))?.id === owner.id) await rm(path, { force: true });
    },
  };
}

/** Links a finished file into place: nobody ever sees a lock without its owner. */
async function create(path: string, owner: LockOwner): Promise<boolean> {
  const draft = `${path}.${owner.id}`;
  await writeFile(draft, JSON.stringify(owner));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readOwner(path: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as LockOwner;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (error instanceof SyntaxError) {
      throw new Error(`${path} is not a lock of ours; remove it`, { cause: error });
    }
    throw error;
  }
}

async function isStale(path: string, owner: LockOwner): Promise<boolean> {
  const alive = isAlive(owner.process);
  if (alive !== undefined) return !alive;
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && Date.now() - file.mtimeMs > silentForMs;
}

async function removeStale(path: string, stale: LockOwner, by: LockOwner): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    const marker = `${path}.steal-${stale.id}-${attempt}`;
    if (await create(marker, by)) {
      if ((await readOwner(path))?.id === stale.id) await rm(path, { force: true });
      await rm(marker, { force: true });
      return true;
    }
    const other = await readOwner(marker);
    // Gone: its maker is done. Dead: nobody will finish what it began, so the next number is tried.
    if (other === undefined) return true;
    if (!(await isStale(marker, other))) return false;
  }
}
