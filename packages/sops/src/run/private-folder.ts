import { mkdtemp, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `f_type` of file systems in memory: tmpfs and ramfs. */
const IN_MEMORY: readonly number[] = [0x01021994, 0x858458f6];

/**
 * Makes a folder that only this user can enter, in memory where the system has a place for so many bytes: in `XDG_RUNTIME_DIR` or
 * `/dev/shm`, otherwise in the folder for temporary files.
 */
export async function makePrivateFolder(
  env: Readonly<Record<string, string | undefined>>,
  size: number,
): Promise<string> {
  for (const parent of [env["XDG_RUNTIME_DIR"], "/dev/shm"]) {
    if (!parent || !(await isInMemory(parent, size))) continue;
    const folder = await mkdtemp(join(parent, ".sops")).catch(() => undefined);
    if (folder !== undefined) return folder;
  }
  return await mkdtemp(join(tmpdir(), ".sops"));
}

/** In containers there may be little of it. */
async function isInMemory(folder: string, size: number): Promise<boolean> {
  const found = await statfs(folder).catch(() => undefined);
  return found !== undefined && IN_MEMORY.includes(found.type) && found.bavail * found.bsize > size;
}
