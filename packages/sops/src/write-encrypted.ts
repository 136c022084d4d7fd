import type { KeySourceOptions } from "./age/key-sources.ts";
import { type EncryptOptions, encrypt, type Plaintext } from "./encrypt.ts";
import { encryptIfChanged } from "./encrypt-if-changed.ts";
import { readIfThere } from "./internal/files.ts";
import { writeAtomic } from "./internal/write-atomic.ts";
import { isEncrypted } from "./is-encrypted.ts";

export interface WriteOptions extends Omit<EncryptOptions, "file">, KeySourceOptions {
  /**
   * Leave an encrypted file as it is when it holds the same already, and keep its layout otherwise (see
   * {@link encryptIfChanged}). That needs an identity which opens it. Default true; with false the file is always
   * encrypted anew.
   */
  readonly keepUnchanged?: boolean | undefined;
}

/**
 * Encrypts data or YAML text into a file, atomically and keeping the mode of an existing one. The plaintext itself is
 * never on disk.
 *
 * @returns Whether the file was written.
 * @throws {@link SopsError} as `encryptIfChanged`, and `read-failed`, `write-failed`, `file-changed` when someone else wrote
 * the file meanwhile.
 *
 * @example
 * import { mkdtemp, readFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { generateIdentity, writeEncrypted } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const path = join(await mkdtemp(join(tmpdir(), "sops-")), "secrets.yaml");
 * const options = { recipients: [recipient], identities: [identity] };
 * console.log(await writeEncrypted(path, { token: "hunter2" }, options)); // true
 * console.log(await writeEncrypted(path, { token: "hunter2" }, options)); // false
 * console.log((await readFile(path, "utf8")).includes("hunter2")); // false
 */
export async function writeEncrypted(path: string, plaintext: Plaintext, options: WriteOptions): Promise<boolean> {
  const before = await readIfThere(path);
  const settings = { ...options, file: path };
  const keep = before !== undefined && options.keepUnchanged !== false && isEncrypted(before);
  const after = keep ? await encryptIfChanged(before, plaintext, settings) : await encrypt(plaintext, settings);
  if (after === before) return false;
  await writeAtomic(path, after, { expected: before ?? null });
  return true;
}
