import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A directory that only this user can enter, removed when disposed, kept with `IDSTACK_REAL_KEEP=1`. Its name is short:
 * a socket's path may have 104 bytes at most.
 */
export async function privateDirectory(label: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), `ids-${label}-`));
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      if ((process.env["IDSTACK_REAL_KEEP"] ?? "") !== "") return;
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
