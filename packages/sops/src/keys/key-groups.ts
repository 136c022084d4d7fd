import type { PluginOptions } from "../age/plugin.ts";
import { SopsError } from "../errors.ts";
import { uniqueRecipients, wrapDataKey } from "../internal/data-key.ts";
import type { AgeKey, OtherKey, SopsMetadata } from "../metadata.ts";
import type { MasterKey } from "./master-key.ts";
import { keyName, masterKeyFor, type NamedKey } from "./named-key.ts";
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
  /**
   * Keys of other kinds: see {@link MasterKey}. Each opens the file alone, too; with `namedKeys` those that are named
   * stand where they are named.
   */
  readonly masterKeys?: readonly MasterKey[] | undefined;
  /** Keys of other kinds than age that a creation rule names, by key group. Each needs its master key. */
  readonly namedKeys?: readonly (readonly NamedKey[])[] | undefined;
}

export interface WrappedGroups {
  readonly groups: readonly (readonly AgeKey[])[];
  readonly threshold: number | undefined;
  /** Of keys that are not age, when there is one group; undefined leaves those of the file as they are. */
  readonly others?: readonly OtherKey[] | undefined;
  /** `others` are all there are: entries of kinds that are not among them go. */
  readonly complete?: boolean | undefined;
  /** Of keys that are not age, when there are several groups: as many lists. */
  readonly groupOthers?: readonly (readonly OtherKey[])[] | undefined;
}

/** Whether the `age` list of the metadata says it all. */
export function isPlain({ groups, others }: WrappedGroups): boolean {
  return groups.length === 1 && (others === undefined || others.length === 0);
}

/** The wrapped keys of a file as they are. */
export function wrappedKeysOf({ groups, shamirThreshold }: SopsMetadata): WrappedGroups {
  const age = groups.map((group) => group.age);
  const others = groups.map((group) => group.others);
  if (groups.length === 1) {
    return { groups: age, threshold: undefined, others: others.flat().length === 0 ? undefined : others.flat() };
  }
  return { groups: age, threshold: shamirThreshold ?? groups.length, groupOthers: others };
}

/** The recipients by group; one group when there are no others. */
export function groupsOf({ recipients, keyGroups }: KeyGroupOptions): readonly (readonly string[])[] {
  const groups = keyGroups !== undefined && keyGroups.length > 0 ? keyGroups : [recipients];
  return groups.map(uniqueRecipients);
}

/** Wraps a data key: whole for one group, a share each for several. All keys of a group get the same share. */
export async function wrapGroups(
  key: Uint8Array,
  wanted: KeyGroupOptions,
  options: PluginOptions,
  file?: string,
): Promise<WrappedGroups> {
  const groups = groupsOf(wanted);
  const named = wanted.namedKeys;
  const masterKeys = wanted.masterKeys ?? [];
  if (named !== undefined && named.length !== groups.length) {
    throw new TypeError(`there are ${groups.length} key groups, and namedKeys for ${named.length}`);
  }
  const wrap = async (part: Uint8Array, group: readonly string[], others: readonly OtherKey[]) =>
    group.length === 0 && others.length > 0 ? [] : await wrapDataKey(part, group, file, options);
  if (groups.length === 1) {
    const keys = named?.[0]?.map((one) => keyToWrap(one, masterKeys, file)) ?? masterKeys;
    const others = await wrapOthers(key, keys, file);
    const age = await wrap(key, groups[0] ?? [], others);
    if (named !== undefined) return { groups: [age], threshold: undefined, others, complete: true };
    return { groups: [age], threshold: undefined, others: others.length === 0 ? undefined : others };
  }
  if (named === undefined && masterKeys.length > 0) {
    const what = "master keys need a place among the key groups: name them in namedKeys, as creation rules do";
    throw new SopsError("unsupported-key-type", what, { file });
  }
  const threshold = thresholdOf(wanted.shamirThreshold, groups.length, file);
  const shares = splitSecret(key, groups.length, threshold);
  const wrapped = await Promise.all(
    groups.map(async (group, index) => {
      const share = shares[index] ?? new Uint8Array();
      const keys = (named?.[index] ?? []).map((one) => keyToWrap(one, masterKeys, file));
      const others = await wrapOthers(share, keys, file);
      return { age: await wrap(share, group, others), others };
    }),
  );
  return { groups: wrapped.map(({ age }) => age), threshold, groupOthers: wrapped.map(({ others }) => others) };
}

type KeyToWrap = Pick<MasterKey, "kind" | "id" | "wrap"> & Pick<NamedKey, "context">;

/** The master key behind a name, with all that the name says. @throws {@link SopsError} `unsupported-key-type` */
export function keyToWrap(named: NamedKey, masterKeys: readonly MasterKey[], file: string | undefined): KeyToWrap {
  const key = masterKeyFor(named, masterKeys);
  if (key !== undefined) {
    return { kind: key.kind, id: { ...named.id, ...key.id }, context: named.context, wrap: (part) => key.wrap(part) };
  }
  const hint = named.kind === "hc_vault" ? "vaultTransit() makes one" : "implement one";
  const what = `the creation rule names ${keyName(named)}, for which there is no MasterKey in masterKeys: ${hint}, or use the sops program, openSops()`;
  throw new SopsError("unsupported-key-type", what, { file });
}

/** Entries for keys that are not age. @throws {@link SopsError} `invalid-recipient` */
export async function wrapOthers(
  key: Uint8Array,
  keys: readonly KeyToWrap[],
  file: string | undefined,
): Promise<OtherKey[]> {
  const created = { created_at: `${new Date().toISOString().slice(0, 19)}Z` };
  return await Promise.all(
    keys.map(async (masterKey) => {
      const { kind, id, context } = masterKey;
      try {
        const entry = { kind, enc: await masterKey.wrap(key), fields: { ...created, ...id } };
        return context === undefined ? entry : { ...entry, context };
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : "failed";
        throw new SopsError("invalid-recipient", `${keyName(masterKey)}: ${why}`, { file });
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
