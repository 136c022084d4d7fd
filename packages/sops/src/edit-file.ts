import { type EditCallback, type EditOptions, edit } from "./edit.ts";
import { readText } from "./internal/files.ts";
import { writeAtomic } from "./internal/write-atomic.ts";

/**
 * Edits values of an encrypted file in place; see {@link edit}. The write is atomic and keeps the mode. Without a change
 * nothing is written.
 *
 * @returns Whether the file was written.
 * @throws {@link SopsError} as `edit`, and `read-failed`, `write-failed`, `file-changed` when someone else wrote the file
 * meanwhile.
 *
 * @example
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { editFile, generateIdentity, writeEncrypted } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const path = join(await mkdtemp(join(tmpdir(), "sops-")), "secrets.yaml");
 * await writeEncrypted(path, { stringData: { token: "old" } }, { recipients: [recipient] });
 * const changed = await editFile(path, (doc) => doc.set(["stringData", "token"], "new"), { identities: [identity] });
 * console.log(changed); // true
 */
export async function editFile(
  path: string,
  change: EditCallback,
  options: Omit<EditOptions, "file"> = {},
): Promise<boolean> {
  const before = await readText(path);
  const after = await edit(before, change, { ...options, file: path });
  if (after === before) return false;
  await writeAtomic(path, after, { expected: before });
  return true;
}
