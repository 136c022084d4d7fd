import { type EditOptions, edit } from "./edit.ts";
import type { KeyPath } from "./internal/edit-tree.ts";

/**
 * Sets one value of an encrypted text, in its first document. An equal value leaves the text as it is, byte for byte, as
 * `sops set --idempotent` does.
 *
 * @throws {@link SopsError} as `edit`.
 *
 * @example
 * import { encrypt, extract, generateIdentity, set } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const options = { identities: [identity] };
 * const text = await encrypt({ users: ["web"] }, { recipients: [recipient] });
 * const after = await set(text, ["users", 1], "api", options);
 * console.log(await extract(after, ["users", 1], options)); // api
 */
export async function set(text: string, path: KeyPath, value: unknown, options: EditOptions = {}): Promise<string> {
  return edit(text, (document) => document.set(path, value as object), options);
}
