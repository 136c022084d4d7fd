import { createHash, randomBytes } from "node:crypto";
import { lstat, readdir, readFile, readlink, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { isRunning } from "./is-running.ts";

/** `.NAME.MACHINE-PROCESS-RANDOM.tmp` */
const TEMPORARY = /^\.(.+)\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.tmp$/s;

/**
 * After this many milliseconds without a change a file of another machine is left over. A writer touches its file until
 * everything is in it, and then waits some seconds for the lock; one that was suspended for longer fails, and loses nothing.
 */
const ABANDONED = 3_600_000;

/** Where the new content of a file is until it takes its place: the name tells whose it is. */
export async function temporaryFor(target: string): Promise<string> {
  const writer = `${await machine()}-${process.pid}-${randomBytes(4).toString("hex")}`;
  return join(dirname(target), `.${basename(target)}.${writer}.tmp`);
}

/** The name of the file that a file with this name was to replace; undefined for any other. */
export function replacedBy(name: string): string | undefined {
  return TEMPORARY.exec(name)?.[1];
}

/**
 * Removes what writers of a file that were killed have left beside it. A process that may still be there keeps its file, and
 * what is no regular file is none of ours.
 *
 * @param now - By the clock of the file system, which may be that of another machine.
 */
export async function removeLeftovers(target: string, now: number): Promise<void> {
  const [folder, name] = [dirname(target), basename(target)];
  const here = await machine();
  for (const found of await readdir(folder)) {
    const [, replaced, owner = "", pid = ""] = TEMPORARY.exec(found) ?? [];
    if (replaced !== name) continue;
    const path = join(folder, found);
    const status = await lstat(path).catch(() => undefined);
    if (!status?.isFile()) continue;
    const age = now - status.mtimeMs;
    if (owner === here ? isGone(Number(pid), age) : age > ABANDONED) await rm(path, { force: true });
  }
}

/** A number is given to another process some day; in a new container often to this one. */
function isGone(pid: number, age: number): boolean {
  return pid === process.pid ? age > process.uptime() * 1000 : !isRunning(pid);
}

/** Whose process numbers these are: containers and machines that share a folder may share a host name, too. */
async function machine(): Promise<string> {
  const [boot, namespace] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
    readlink("/proc/self/ns/pid").catch(() => ""),
  ]);
  return createHash("sha256").update(`${hostname()}\n${boot}${namespace}`).digest("hex").slice(0, 8);
}
