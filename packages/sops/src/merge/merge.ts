import type { PluginOptions } from "../age/plugin.ts";
import { recipientKey } from "../age/recipients.ts";
import type { DecryptOptions } from "../decrypt.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { utcSeconds } from "../internal/go-time.ts";
import type { MasterKey } from "../keys/master-key.ts";
import type { AgeKey } from "../metadata.ts";
import { readMetadata } from "../read-metadata.ts";
import type { MergeConflict, Side } from "./conflict.ts";
import { markConflicts, sideOf } from "./markers.ts";
import { mergeBinary } from "./merge-binary.ts";
import { mergeDocuments } from "./merge-documents.ts";
import { mergeKeys, type Three } from "./merge-keys.ts";
import { openKeys, sameKey } from "./open-versions.ts";

/** Three versions of an encrypted file. */
export interface MergeVersions {
  /** The version both come from; undefined or empty when both sides added the file. */
  readonly base?: string | undefined;
  readonly ours: string;
  readonly theirs: string;
}

export interface MergeOptions extends Omit<DecryptOptions, "emit">, PluginOptions {
  /** Names of the two sides in conflict markers. Default `ours` and `theirs`. */
  readonly labels?: { readonly ours?: string | undefined; readonly theirs?: string | undefined } | undefined;
  /** Length of conflict markers, git's `%L`. Default 7. */
  readonly markerSize?: number | undefined;
  /** Takes this side wherever the two contradict each other, instead of leaving conflicts. */
  readonly favor?: Side | undefined;
  readonly masterKeys?: readonly MasterKey[] | undefined;
  /** Time of the new `lastmodified`. Default: now. */
  readonly now?: (() => Date) | undefined;
}

/** A merged file. Nothing in it is plaintext. */
export interface Merged {
  /** The encrypted file; with conflicts it holds markers and {@link resolveMerge} finishes it. */
  readonly text: string;
  readonly conflicts: readonly MergeConflict[];
  /**
   * `sops/merge-recipients`: who can open the result and could not open `ours`, or, after a
   * rotation, `theirs`. `sops/merge-comments`: comments of one side
   * that have no place in the layout of the other.
   */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Merges two versions of an encrypted file by the values they hold, and writes a new MAC.
 *
 * Values that did not change keep their bytes, those of `ours` first. A value both sides changed in different ways is a
 * conflict: the text then holds git's marker blocks around it and around the MAC, and both sides of each block are
 * encrypted under the data key of the result. Recipients are merged as a set; after a rotation the result has a new data key,
 * which nobody knows whom one side removed, or who wrote a side without a key.
 *
 * @throws {@link SopsError} as `decrypt`, of any of the versions; `merge-conflict` when both sides changed the selection
 * rule or the key groups in different ways, or a value would end up in plaintext.
 *
 * @example
 * import { decrypt, edit, encrypt, generateIdentity, mergeEncrypted } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const identities = [identity];
 * const base = await encrypt({ user: "web", token: "old" }, { recipients: [recipient] });
 * const ours = await edit(base, (doc) => doc.set(["user"], "shop"), { identities });
 * const theirs = await edit(base, (doc) => doc.set(["token"], "new"), { identities });
 * const { text, conflicts } = await mergeEncrypted({ base, ours, theirs }, { identities });
 * console.log(conflicts.length, (await decrypt(text, { identities })).data); // 0 { user: 'shop', token: 'new' }
 */
export async function mergeEncrypted(versions: MergeVersions, options: MergeOptions = {}): Promise<Merged> {
  const { ours, theirs } = versions;
  // Where several versions are common to both, git merges those first, and that may have left markers.
  const common = versions.base === undefined ? "" : sideOf(versions.base, "ours");
  const base = common.trim() === "" ? undefined : common;
  if (theirs === base || theirs === ours) return { text: ours, conflicts: [], warnings: [] };
  if (ours === base) return { text: theirs, conflicts: [], warnings: [] };
  const opened = await openKeys([ours, theirs, ...(base === undefined ? [] : [base])], options);
  const [mine, yours, was] = opened;
  if (mine === undefined || yours === undefined) throw new TypeError("two versions are needed");
  const three = { base: was, ours: mine, theirs: yours };
  const keys = await mergeKeys(three, options);
  const lastModified = utcSeconds((options.now ?? (() => new Date()))());
  const merge = mine.source.store?.format === "binary" ? mergeBinary : mergeDocuments;
  const merged = merge(three, keys, { ...options, lastModified });
  const { conflicts } = merged;
  const warnings = [...merged.warnings, ...newReaders(three, merged.ours, options)];
  if (conflicts.length === 0 || options.favor === "ours") return { text: merged.ours, conflicts: [], warnings };
  if (options.favor === "theirs") return { text: merged.theirs, conflicts: [], warnings };
  return { text: markConflicts(merged.ours, merged.theirs, options), conflicts, warnings };
}

/**
 * Metadata is not part of the MAC: that a side adds somebody is for people to see. Readers of ours alone count, too, where
 * the result has a new data key: in a rebase ours is what others wrote.
 */
function newReaders({ ours, theirs }: Three, merged: string, { file, format }: MergeOptions): Diagnostic[] {
  const readers = (age: readonly AgeKey[]) => new Set(age.map(({ recipient }) => recipientKey(recipient)));
  const [mine, yours] = [readers(ours.source.metadata.age), readers(theirs.source.metadata.age)];
  const rotated = !sameKey(ours.key, theirs.key);
  const added = readMetadata(merged, { file, format }).age.flatMap(({ recipient }) => {
    const key = recipientKey(recipient);
    const side = mine.has(key) ? (rotated && !yours.has(key) ? "ours" : undefined) : "theirs";
    return side === undefined ? [] : [{ recipient, side }];
  });
  return added.map(({ recipient, side }) => ({
    code: "sops/merge-recipients",
    severity: "warning",
    message: `${recipient} can open the merged file: ${side} has it as a recipient`,
    file,
    path: "sops.age",
    help: "Take it off with rotate unless .sops.yaml names it.",
  }));
}
