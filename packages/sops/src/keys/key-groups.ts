import type { PluginOptions } from "../age/plugin.ts";
import { SopsError } from "../errors.ts";
import { uniqueRecipients, wrapDataKey } from "../internal/data-key.ts";
import type { AgeKey, OtherKey } from "../metadata.ts";
import { type MasterKey, masterKeyName } from "./master-key.ts";
import { splitSecret } from "./shamir.ts";

/** For whom a file is encrypted: one list of recipients, or several groups of which a number is needed together. */
export interface KeyGroupOptions {
  readonly recipients: readonly string[];
  /**
   * Several groups of age recipients: whoever opens the file needs a key of `shamirThreshold` groups. They take the
   * place of `recipients`. One group is the same as `recipients`.
   */
  readonly keyGroups?: readonly (readonly string[])[] | undefined;
  /** Default: all groups. */
  readonly shamirThreshold?: number | undefined;
  /** Keys of other kinds that open the file alone, too: see {@link MasterKey}. Not together with several key groups. */
  readonly masterKeys?: readonly MasterKey[] | undefined;
}

export interface WrappedGroups {
  readonly groups: readonly (readonly AgeKey[])[];
  readonly threshold: number | undefined;
  /** Of keys that are not age; undefined leaves those of the file as they are. */
  readonly others?: readonly OtherKey[] | undefined;
}

/** Whether the `age` list of the metadata says it all. */
export function isPlain({ groups, others }: WrappedGroups): boolean {
  return groups.length === 1 && others === undefined;
}

/** The recipients by group; one group when there are no others. */
export function groupsOf({ recipients, keyGroups }: KeyGroupOptions): readonly (readonly string[])[] {
  const groups = keyGroups !== undefined && keyGroups.length > 0 ? keyGroups : [recipients];
  return groups.map(uniqueRecipients);
}

/** Wraps a data key: whole for one group, a share each for several. All recipients of a group get the same share. */
export async function wrapGroups(
  key: Uint8Array,
  wanted: KeyGroupOptions,
  options: PluginOptions,
  file?: string,
): Promise<WrappedGroups> {
  const groups = groupsOf(wanted);
  const [only] = groups;
  const masterKeys = wanted.masterKeys ?? [];
  if (groups.length === 1) {
    const others = masterKeys.length === 0 ? undefined : await wrapOthers(key, masterKeys, file);
    const alone = others !== undefined && (only ?? []).length === 0;
    const age = alone ? [] : await wrapDataKey(key, only ?? [], file, options);
    return { groups: [age], threshold: undefined, others };
  }
  if (masterKeys.length > 0) {
    throw new SopsError("unsupported-key-type", "master keys cannot be put into key groups yet", { file });
  }
  const threshold = thresholdOf(wanted.shamirThreshold, groups.length, file);
  const shares = splitSecret(key, groups.length, threshold);
  const wrapped = await Promise.all(
    groups.map((group, index) => wrapDataKey(shares[index] ?? new Uint8Array(), group, file, options)),
  );
  return { groups: wrapped, threshold };
}

async function wrapOthers(key: Uint8Array, keys: readonly MasterKey[], file: string | undefined): Promise<OtherKey[]> {
  const created = { created_at: `${new Date().toISOString().slice(0, 19)}Z` };
  return await Promise.all(
    keys.map(async (masterKey) => {
      try {
        return { kind: masterKey.kind, enc: await masterKey.wrap(key), fields: { ...created, ...masterKey.id } };
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : "failed";
        throw new SopsError("invalid-recipient", `${masterKeyName(masterKey)}: ${why}`, { file });
      }
    }),
  );
}

function thresholdOf(given: number | undefined, groups: number, file: string | undefined): number {
  const threshold = given === undefined || given === 0 ? groups : given;
  if (Number.isInteger(threshold) && threshold >= 2 && threshold <= groups && groups <= 255) return threshold;
  const what = `shamir_threshold is ${threshold}, but must be at least 2 and at most the number of key groups (${groups})`;
  throw new SopsError("invalid-config", what, { file });
}
