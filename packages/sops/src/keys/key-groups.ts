import type { PluginOptions } from "../age/plugin.ts";
import { SopsError } from "../errors.ts";
import { uniqueRecipients, wrapDataKey } from "../internal/data-key.ts";
import type { AgeKey } from "../metadata.ts";
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
}

export interface WrappedGroups {
  readonly groups: readonly (readonly AgeKey[])[];
  readonly threshold: number | undefined;
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
  if (groups.length === 1) {
    return { groups: [await wrapDataKey(key, only ?? [], file, options)], threshold: undefined };
  }
  const threshold = thresholdOf(wanted.shamirThreshold, groups.length, file);
  const shares = splitSecret(key, groups.length, threshold);
  const wrapped = await Promise.all(
    groups.map((group, index) => wrapDataKey(shares[index] ?? new Uint8Array(), group, file, options)),
  );
  return { groups: wrapped, threshold };
}

function thresholdOf(given: number | undefined, groups: number, file: string | undefined): number {
  const threshold = given === undefined || given === 0 ? groups : given;
  if (Number.isInteger(threshold) && threshold >= 2 && threshold <= groups && groups <= 255) return threshold;
  const what = `shamir_threshold is ${threshold}, but must be at least 2 and at most the number of key groups (${groups})`;
  throw new SopsError("invalid-config", what, { file });
}
