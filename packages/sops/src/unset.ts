import { type EditOptions, edit } from "./edit.ts";
import type { KeyPath } from "./internal/edit-tree.ts";

/**
 * Removes one value of an encrypted text, from its first document.
 *
 * @throws {@link SopsError} as `edit`; `path-not-found` when there is nothing.
 *
 * @example
 * import { decrypt, encrypt, generateIdentity, unset } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const options = { identities: [identity] };
 * const text = await encrypt({ user: "web", old: 1 }, { recipients: [recipient] });
 * console.log((await decrypt(await unset(text, ["old"], options), options)).data); // { user: 'web' }
 */
export async function unset(text: string, path: KeyPath, options: EditOptions = {}): Promise<string> {
  return edit(text, (document) => document.delete(path), options);
}
