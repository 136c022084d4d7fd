import { type Decrypted, type DecryptOptions, decrypt } from "./decrypt.ts";
import { readBytes } from "./internal/files.ts";

/**
 * Decrypts a file; see {@link decrypt}. Errors name the path.
 *
 * @throws {@link SopsError} as `decrypt`, and `read-failed`.
 *
 * @example
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { decryptFile, generateIdentity, writeEncrypted } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const path = join(await mkdtemp(join(tmpdir(), "sops-")), "secrets.yaml");
 * await writeEncrypted(path, { token: "hunter2" }, { recipients: [recipient] });
 * const { data } = await decryptFile(path, { identities: [identity] });
 * console.log(data["token"]); // hunter2
 */
export async function decryptFile(path: string, options: Omit<DecryptOptions, "file"> = {}): Promise<Decrypted> {
  return decrypt(await readBytes(path), { ...options, file: path });
}
