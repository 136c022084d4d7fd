import type { PluginOptions } from "../age/plugin.ts";
import { recipientKey } from "../age/recipients.ts";
import { SopsError } from "../errors.ts";
import { newDataKey, wrapDataKey } from "../internal/data-key.ts";
import { type WrappedGroups, wrapGroups } from "../keys/key-groups.ts";
import { isWrappedBy, type MasterKey } from "../keys/master-key.ts";
import type { AgeKey, OtherKey, SopsMetadata } from "../metadata.ts";
import type { Side } from "./conflict.ts";
import { type Opened, sameKey } from "./open-versions.ts";

/** The metadata of a merged file. */
export interface KeysMerged {
  readonly key: Uint8Array;
  /** The side whose selection rule holds; its layout is kept, too. */
  readonly frame: Side;
  /** Undefined when those of the frame are right as they are. */
  readonly keys: WrappedGroups | undefined;
}

export interface Three {
  readonly base: Opened | undefined;
  readonly ours: Opened;
  readonly theirs: Opened;
}

export interface KeyMergeOptions extends PluginOptions {
  readonly file?: string | undefined;
  readonly masterKeys?: readonly MasterKey[] | undefined;
  /** Decides where both sides changed the rule or the key groups; without it that is an error. */
  readonly favor?: Side | undefined;
}

/**
 * Merges the metadata: recipients as a set, the rule as one value. After a rotation the result's data key is one that no
 * removed recipient ever had: that of the side that rotated, or a new one.
 */
export async function mergeKeys(three: Three, options: KeyMergeOptions): Promise<KeysMerged> {
  const frame = ruleSide(three, options);
  const wanted = mergeGroups(three, options);
  const key = dataKey(three, wanted);
  const side = three[frame];
  const right = sameKey(key, side.key) && JSON.stringify(shape(side.source.metadata)) === JSON.stringify(wanted);
  return { key, frame, keys: right ? undefined : await wrap(three, wanted, key, options) };
}

function ruleSide({ base, ours, theirs }: Three, { favor, file }: KeyMergeOptions): Side {
  const rule = (version: Opened | undefined) =>
    version && JSON.stringify([version.source.selector.option, version.source.metadata.macOnlyEncrypted]);
  const [was, mine, yours] = [rule(base), rule(ours), rule(theirs)];
  if (mine === yours || was === yours) return "ours";
  if (was === mine) return "theirs";
  if (favor !== undefined) return favor;
  const shown = ({ source }: Opened) => {
    const only = source.metadata.macOnlyEncrypted ? " with mac_only_encrypted" : "";
    return `${source.selector.option[1]}: ${source.selector.option[2]}${only}`;
  };
  throw new SopsError(
    "merge-conflict",
    `both sides changed which values are encrypted: ours has ${shown(ours)}, theirs ${shown(theirs)}; take one side as a whole and repeat the other's changes`,
    { file },
  );
}

/** Recipients by group, with what tells two of them apart. */
interface Shape {
  readonly groups: readonly { readonly age: readonly string[]; readonly others: readonly string[] }[];
  readonly threshold: number | undefined;
}

function shape({ groups, shamirThreshold }: SopsMetadata): Shape {
  return {
    groups: groups.map(({ age, others }) => ({
      age: [...new Set(age.map(({ recipient }) => recipientKey(recipient)))].sort(),
      others: others.map(otherName).sort(),
    })),
    threshold: groups.length > 1 ? (shamirThreshold ?? groups.length) : undefined,
  };
}

function otherName({ kind, fields }: OtherKey): string {
  const { created_at: _, ...id } = fields;
  return JSON.stringify([kind, Object.entries(id).sort()]);
}

function mergeGroups({ base, ours, theirs }: Three, { favor, file }: KeyMergeOptions): Shape {
  const [mine, yours] = [shape(ours.source.metadata), shape(theirs.source.metadata)];
  const was = base && shape(base.source.metadata);
  const same = (a: Shape | undefined, b: Shape) => JSON.stringify(a) === JSON.stringify(b);
  if (same(mine, yours) || same(was, yours)) return mine;
  if (same(was, mine)) return yours;
  const count = mine.groups.length;
  const regrouped = yours.groups.length !== count || (was !== undefined && was.groups.length !== count);
  const contradicting =
    mine.threshold !== yours.threshold && mine.threshold !== was?.threshold && yours.threshold !== was?.threshold;
  if (regrouped || contradicting) {
    if (favor !== undefined) return favor === "ours" ? mine : yours;
    const shown = ({ groups, threshold }: Shape) =>
      groups.length === 1 ? "one list of keys" : `${groups.length} key groups of which ${threshold} are needed`;
    throw new SopsError(
      "merge-conflict",
      `both sides changed the keys, and the key groups contradict each other: ours has ${shown(mine)}, theirs ${shown(yours)}; take one side as a whole and repeat the other's changes`,
      { file },
    );
  }
  const groups = mine.groups.map((group, index) => ({
    age: mergeSets(was?.groups[index]?.age ?? [], group.age, yours.groups[index]?.age ?? []),
    others: mergeSets(was?.groups[index]?.others ?? [], group.others, yours.groups[index]?.others ?? []),
  }));
  if (groups.some(({ age, others }) => age.length + others.length === 0)) {
    throw new SopsError(
      "merge-conflict",
      "the two sides together removed every recipient: nobody could open the file",
      {
        file,
      },
    );
  }
  return { groups, threshold: mine.threshold === was?.threshold ? yours.threshold : mine.threshold };
}

function mergeSets(base: readonly string[], ours: readonly string[], theirs: readonly string[]): string[] {
  const kept = ours.filter((one) => theirs.includes(one) || !base.includes(one));
  const added = theirs.filter((one) => !ours.includes(one) && !base.includes(one));
  return [...kept, ...added].sort();
}

function dataKey({ base, ours, theirs }: Three, wanted: Shape): Uint8Array {
  if (sameKey(ours.key, theirs.key)) return ours.key;
  const allowed = new Set(wanted.groups.flatMap(({ age, others }) => [...age, ...others]));
  const holdersStay = ({ source }: Opened) =>
    shape(source.metadata).groups.every(({ age, others }) => [...age, ...others].every((one) => allowed.has(one)));
  const rotated = [ours, theirs].filter(({ key }) => base === undefined || !sameKey(base.key, key));
  return rotated.find(holdersStay)?.key ?? newDataKey();
}

async function wrap(three: Three, wanted: Shape, key: Uint8Array, options: KeyMergeOptions): Promise<WrappedGroups> {
  const sides = [three.ours, three.theirs].filter((side) => sameKey(side.key, key));
  const asIs = sides.find(({ source }) => JSON.stringify(shape(source.metadata)) === JSON.stringify(wanted));
  if (asIs !== undefined) return keysOf(asIs.source.metadata);
  const label = labels(three);
  if (wanted.groups.length > 1) {
    refuseOthers(wanted, options.file);
    const keyGroups = wanted.groups.map(({ age }) => age.map((one) => label.get(one) ?? one));
    return await wrapGroups(
      key,
      { recipients: [], keyGroups, shamirThreshold: wanted.threshold },
      options,
      options.file,
    );
  }
  const known = sides.flatMap(({ source }) => source.metadata.age);
  const recipients = inOrder(three, wanted.groups[0]?.age ?? []);
  const age: AgeKey[] = [];
  for (const recipient of recipients) {
    const entry = known.find((one) => recipientKey(one.recipient) === recipient);
    if (entry !== undefined) age.push(entry);
    else age.push(...(await wrapDataKey(key, [label.get(recipient) ?? recipient], options.file, options)));
  }
  const entries = sides.flatMap(({ source }) => source.metadata.groups.flatMap(({ others }) => others));
  const others = await Promise.all(
    (wanted.groups[0]?.others ?? []).map((name) => otherKey(name, entries, three, key, options)),
  );
  const kinds = new Set(others.map(({ kind }) => kind));
  const gone = [three.ours, three.theirs]
    .flatMap(({ source }) => source.metadata.otherKeys)
    .find((one) => !kinds.has(one));
  if (gone !== undefined) {
    const what = `one side removed the keys of the kind ${gone}; remove them on the other side first, then merge`;
    throw new SopsError("unsupported-key-type", what, { file: options.file });
  }
  return { groups: [age], threshold: undefined, others: others.length > 0 ? others : undefined };
}

async function otherKey(
  name: string,
  entries: readonly OtherKey[],
  { ours, theirs }: Three,
  key: Uint8Array,
  { masterKeys = [], file }: KeyMergeOptions,
): Promise<OtherKey> {
  const known = entries.find((entry) => otherName(entry) === name);
  if (known !== undefined) return known;
  const all = [ours, theirs].flatMap(({ source }) => source.metadata.groups.flatMap(({ others }) => others));
  const entry = all.find((one) => otherName(one) === name);
  const masterKey = entry && masterKeys.find((one) => isWrappedBy(entry, one));
  if (entry === undefined || masterKey === undefined) {
    const what = `the merged file needs its data key wrapped for ${entry?.kind ?? "a key"}, which takes its MasterKey; rotate both sides to the same recipients first, or merge by hand`;
    throw new SopsError("unsupported-key-type", what, { file });
  }
  return { ...entry, enc: await masterKey.wrap(key) };
}

function refuseOthers({ groups }: Shape, file: string | undefined): void {
  if (groups.every(({ others }) => others.length === 0)) return;
  const what =
    "keys that are not age cannot be put into key groups; take one side as a whole and repeat the other's changes";
  throw new SopsError("unsupported-key-type", what, { file });
}

function keysOf({ groups, shamirThreshold }: SopsMetadata): WrappedGroups {
  const others = groups.flatMap((group) => group.others);
  return {
    groups: groups.map(({ age }) => age),
    threshold: shamirThreshold,
    others: others.length > 0 ? others : undefined,
  };
}

/** Recipients as the files write them. */
function labels({ ours, theirs }: Three): ReadonlyMap<string, string> {
  const entries = [...theirs.source.metadata.age, ...ours.source.metadata.age];
  return new Map(entries.map(({ recipient }) => [recipientKey(recipient), recipient]));
}

/** In the order of ours, then of theirs. */
function inOrder({ ours, theirs }: Three, recipients: readonly string[]): string[] {
  const all = [...ours.source.metadata.age, ...theirs.source.metadata.age].map(({ recipient }) =>
    recipientKey(recipient),
  );
  return [...new Set(all)].filter((one) => recipients.includes(one));
}
