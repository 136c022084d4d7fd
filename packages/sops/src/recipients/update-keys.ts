import { recipientKey } from "../age/recipients.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { parseEncrypted } from "../internal/encrypted-file.ts";
import { groupsOf, type KeyGroupOptions } from "../keys/key-groups.ts";
import { type RecipientsChanged, removalWarning, rewrap } from "./change-recipients.ts";
import type { RecipientOptions } from "./recipient-change.ts";

/**
 * Makes a file's recipients those of a creation rule, or any others given. Values and MAC keep their bytes, and so do the
 * wrapped keys of recipients that stay. With the same recipients the text comes back as it is, and no identity is needed.
 *
 * @throws {@link SopsError} as `decrypt`, and `invalid-recipient`, `no-recipients`.
 *
 * @example
 * import { encrypt, generateIdentity, updateKeys } from "@idstack/sops";
 * const [mine, laptop] = [await generateIdentity(), await generateIdentity()];
 * const text = await encrypt({ token: "hunter2" }, { recipients: [mine.recipient] });
 * const wanted = { recipients: [mine.recipient, laptop.recipient] };
 * const updated = await updateKeys(text, wanted, { identities: [mine.identity] });
 * console.log((await updateKeys(updated.text, wanted)).text === updated.text); // true
 */
export async function updateKeys(
  text: string,
  wanted: KeyGroupOptions,
  options: RecipientOptions = {},
): Promise<RecipientsChanged> {
  const source = parseEncrypted(text, options.file, options.format);
  const groups = groupsOf(wanted);
  const now = groups.flat();
  const gone = difference(
    source.metadata.age.map(({ recipient }) => recipient),
    now,
  );
  const updated = await rewrap(source, { ...wanted, keyGroups: groups }, options);
  const warnings: Diagnostic[] = gone.length === 0 ? [] : [removalWarning(gone, options.file)];
  return { text: updated, warnings };
}

/** Recipients of `a` that are not in `b`. */
export function difference(a: readonly string[], b: readonly string[]): string[] {
  const known = new Set(b.map(recipientKey));
  return a.filter((recipient) => !known.has(recipientKey(recipient)));
}
