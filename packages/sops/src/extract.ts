import type { SopsValue } from "./data.ts";
import { type DecryptOptions, decrypt } from "./decrypt.ts";
import { SopsError } from "./errors.ts";
import type { KeyPath } from "./internal/edit-tree.ts";
import { formatKeyPath } from "./internal/position.ts";

/**
 * Decrypts a text and takes one value out of its first document. The whole file is decrypted, and its MAC verified.
 *
 * @throws {@link SopsError} as `decrypt`; `path-not-found` when there is nothing.
 *
 * @example
 * import { encrypt, extract, generateIdentity } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const text = await encrypt({ db: { ports: [5432, 5433] } }, { recipients: [recipient] });
 * console.log(await extract(text, ["db", "ports", 1], { identities: [identity] })); // 5433
 */
export async function extract(
  text: string | Uint8Array,
  path: KeyPath,
  options: DecryptOptions = {},
): Promise<SopsValue> {
  const [first] = (await decrypt(text, options)).documents;
  let value: SopsValue | undefined = first;
  for (const part of path) value = child(value, part);
  if (value !== undefined) return value;
  const at = formatKeyPath(path);
  throw new SopsError("path-not-found", `there is nothing at ${at}`, { file: options.file, path: at });
}

function child(value: SopsValue | undefined, part: string | number): SopsValue | undefined {
  if (typeof value !== "object" || value === null || value instanceof Date) return undefined;
  if (Array.isArray(value) !== (typeof part === "number")) return undefined;
  return Object.hasOwn(value, part) ? (value as Readonly<Record<string | number, SopsValue>>)[part] : undefined;
}
