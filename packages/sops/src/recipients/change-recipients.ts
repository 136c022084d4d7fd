import { recipientKey } from "../age/recipients.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { unwrapDataKey, wrapDataKey } from "../internal/data-key.ts";
import { type EncryptedFile, parseEncrypted } from "../internal/encrypted-file.ts";
import { shownKey } from "../internal/shown-key.ts";
import {
  groupsOf,
  type KeyGroupOptions,
  keyToWrap,
  type WrappedGroups,
  wrapGroups,
  wrapOthers,
} from "../keys/key-groups.ts";
import { entryFor } from "../keys/named-key.ts";
import type { SopsMetadata } from "../metadata.ts";
import { changedGroups, type RecipientOptions } from "./recipient-change.ts";
import { replaceKeys } from "./replace-keys.ts";

/** A file after a change of its recipients. */
export interface RecipientsChanged {
  readonly text: string;
  /** What the caller has to know: after a removal, what the removed recipient can still do. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Wraps the data key of a file for one more recipient. Values, MAC and the other recipients' wrapped keys keep their
 * bytes; a recipient that is there already changes nothing.
 *
 * @throws {@link SopsError} as `decrypt`, and `invalid-recipient`.
 *
 * @example
 * import { addRecipient, decrypt, encrypt, generateIdentity } from "@idstack/sops";
 * const [mine, laptop] = [await generateIdentity(), await generateIdentity()];
 * const text = await encrypt({ token: "hunter2" }, { recipients: [mine.recipient] });
 * const { text: shared } = await addRecipient(text, laptop.recipient, { identities: [mine.identity] });
 * console.log((await decrypt(shared, { identities: [laptop.identity] })).data); // { token: 'hunter2' }
 */
export async function addRecipient(
  text: string,
  recipient: string,
  options: RecipientOptions & { readonly group?: number | undefined } = {},
): Promise<RecipientsChanged> {
  const source = parseEncrypted(text, options.file, options.format);
  const wanted = changedGroups(source.metadata, { add: [recipient], group: options.group }, options.file);
  return { text: await rewrap(source, wanted, options), warnings: [] };
}

/**
 * Takes a recipient off a file. **It still knows the data key**, and so opens later edits of this file, too, until the
 * file is rotated; and it opens the versions in git for ever. The warning says so; `rotate(text, { remove })` does both.
 *
 * @throws {@link SopsError} as `decrypt`, and `invalid-recipient` when it is not there, `no-recipients` when it was the
 * last one.
 *
 * @example
 * import { encrypt, generateIdentity, removeRecipient } from "@idstack/sops";
 * const [mine, former] = [await generateIdentity(), await generateIdentity()];
 * const text = await encrypt({ token: "hunter2" }, { recipients: [mine.recipient, former.recipient] });
 * const { warnings } = await removeRecipient(text, former.recipient, { identities: [mine.identity] });
 * console.log(warnings[0]?.code); // sops/removed-recipient-knows-key
 */
export async function removeRecipient(
  text: string,
  recipient: string,
  options: RecipientOptions = {},
): Promise<RecipientsChanged> {
  const source = parseEncrypted(text, options.file, options.format);
  const wanted = changedGroups(source.metadata, { remove: [recipient] }, options.file);
  return { text: await rewrap(source, wanted, options), warnings: [removalWarning([recipient], options.file)] };
}

/** What removed recipients can still do. */
export function removalWarning(recipients: readonly string[], file: string | undefined): Diagnostic {
  return {
    code: "sops/removed-recipient-knows-key",
    severity: "warning",
    message: `${recipients.map(shownKey).join(", ")} still knows the data key and can open later edits of the file`,
    file,
    path: "sops.age",
    help: "Rotate the data key; if the key is lost or stolen, change the secrets themselves: git keeps the old versions.",
  };
}

/** The file for other recipients, unchanged when they are the same. Wrapped keys that stay keep their bytes. */
export async function rewrap(
  source: EncryptedFile,
  wanted: KeyGroupOptions,
  options: RecipientOptions,
): Promise<string> {
  const { metadata, file } = source;
  if (sameKeys(metadata, wanted)) return source.text;
  const key = await unwrapDataKey(metadata, options, file);
  const complete = wanted.namedKeys === undefined ? wanted : { masterKeys: options.masterKeys, ...wanted };
  const groups = groupsOf(wanted);
  const only = groups.length === 1 && metadata.groups.length === 1;
  return replaceKeys(
    source,
    only ? await keptOrNew(source, complete, key, options) : await wrapGroups(key, complete, options, file),
  );
}

/** Whether a file is encrypted for exactly these recipients, in these groups. Without `namedKeys` only age keys count. */
export function sameKeys(metadata: SopsMetadata, wanted: KeyGroupOptions): boolean {
  const groups = groupsOf(wanted);
  const threshold = groups.length === 1 ? undefined : wanted.shamirThreshold || groups.length;
  const now = metadata.groups.length === 1 ? undefined : (metadata.shamirThreshold ?? metadata.groups.length);
  if (groups.length !== metadata.groups.length || threshold !== now) return false;
  return groups.every((group, index) => {
    const want = new Set(group.map(recipientKey));
    const has = new Set((metadata.groups[index]?.age ?? []).map(({ recipient }) => recipientKey(recipient)));
    const named = wanted.namedKeys?.[index] ?? [];
    const others = metadata.groups[index]?.others ?? [];
    const sameOthers = named.length === others.length && named.every((key) => entryFor(key, others) !== undefined);
    if (wanted.namedKeys !== undefined && !sameOthers) return false;
    return want.size === has.size && [...want].every((recipient) => has.has(recipient));
  });
}

async function keptOrNew(
  { metadata, file }: EncryptedFile,
  wanted: KeyGroupOptions,
  key: Uint8Array,
  options: RecipientOptions,
): Promise<WrappedGroups> {
  const recipients = groupsOf(wanted)[0] ?? [];
  const known = new Map(metadata.age.map((entry) => [recipientKey(entry.recipient), entry]));
  const added = recipients.filter((recipient) => !known.has(recipientKey(recipient)));
  const wrapped = added.length === 0 ? [] : await wrapDataKey(key, added, file, options);
  for (const entry of wrapped) known.set(recipientKey(entry.recipient), entry);
  const keys = [...new Set(recipients.map(recipientKey))].flatMap((recipient) => known.get(recipient) ?? []);
  const named = wanted.namedKeys?.[0];
  if (named === undefined) return { groups: [keys], threshold: undefined };
  const entries = metadata.groups[0]?.others ?? [];
  const others = await Promise.all(
    named.map(async (one) => {
      const kept = entryFor(one, entries);
      if (kept !== undefined) return [kept];
      return await wrapOthers(key, [keyToWrap(one, wanted.masterKeys ?? [], file)], file);
    }),
  );
  if (keys.length + others.length === 0) await wrapDataKey(key, [], file);
  return { groups: [keys], threshold: undefined, others: others.flat(), complete: true };
}
