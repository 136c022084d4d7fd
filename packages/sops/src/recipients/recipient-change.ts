import { recipientKey } from "../age/recipients.ts";
import type { DecryptOptions } from "../decrypt.ts";
import { SopsError } from "../errors.ts";
import { shownKey } from "../internal/shown-key.ts";
import type { KeyGroupOptions } from "../keys/key-groups.ts";
import { namedKeyOf } from "../keys/named-key.ts";
import type { SopsMetadata } from "../metadata.ts";

export interface RecipientOptions extends DecryptOptions {
  /** Time of the new `lastmodified`, where it changes. Default: now. */
  readonly now?: (() => Date) | undefined;
}

/** Recipients to add and to remove. */
export interface RecipientChange {
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
  /** Key group the added ones go into, from 0. Default 0, as in sops. */
  readonly group?: number | undefined;
}

/** The recipients of a file after a change. */
export function changedGroups(metadata: SopsMetadata, change: RecipientChange, file?: string): KeyGroupOptions {
  const gone = new Set((change.remove ?? []).map(recipientKey));
  const all = metadata.groups.map(({ age }) => age.map(({ recipient }) => recipient));
  const present = new Set(all.flat().map(recipientKey));
  const unknown = [...gone].find((recipient) => !present.has(recipient));
  if (unknown !== undefined) {
    throw new SopsError("invalid-recipient", `${shownKey(unknown)} is not among the recipients of the file`, { file });
  }
  const groups = all.map((group) => group.filter((recipient) => !gone.has(recipientKey(recipient))));
  const target = groups[change.group ?? 0];
  if (target === undefined) throw new TypeError(`the file has ${groups.length} key groups`);
  target.push(...(change.add ?? []));
  if (groups.some((group) => group.length === 0) && metadata.otherKeys.length === 0) {
    throw new SopsError("no-recipients", "no recipient would be left: nobody could open the file", { file });
  }
  // In several groups every key gets a new share, so those of other kinds must be wrapped anew.
  const named = groups.length > 1 ? metadata.groups.map(({ others }) => others.map(namedKeyOf)) : undefined;
  return { recipients: groups.flat(), keyGroups: groups, shamirThreshold: metadata.shamirThreshold, namedKeys: named };
}
