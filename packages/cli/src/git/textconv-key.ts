import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Io } from "../io.ts";
import { gitLine } from "./run-git.ts";

const LENGTH = 32;

/**
 * The key of the digests that `git diff` shows: random, made once per clone, in git's own folder, which is never pushed.
 * All worktrees of a clone share it.
 *
 * @returns Undefined outside a repository, and where its folder cannot be written.
 */
export async function textconvKey(io: Pick<Io, "cwd" | "env">): Promise<Uint8Array | undefined> {
  const folder = await gitLine(["rev-parse", "--git-common-dir"], io);
  if (folder === undefined) return undefined;
  const path = join(resolve(io.cwd, folder), "idstack", "textconv.key");
  return (await read(path)) ?? (await make(path).catch(() => undefined)) ?? (await read(path));
}

async function read(path: string): Promise<Uint8Array | undefined> {
  const key = await readFile(path).catch(() => undefined);
  return key?.length === LENGTH ? key : undefined;
}

/** git runs textconv several times at once: the first key that is complete wins. */
async function make(path: string): Promise<Uint8Array> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const key = randomBytes(LENGTH);
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(temporary, key, { mode: 0o600, flag: "wx" });
    await link(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return key;
}
