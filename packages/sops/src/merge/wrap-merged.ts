import { recipientKey } from "../age/recipients.ts";
import { SopsError } from "../errors.ts";
import { wrapDataKey } from "../internal/data-key.ts";
import { type WrappedGroups, wrapGroups, wrappedKeysOf } from "../keys/key-groups.ts";
import { isWrappedBy } from "../keys/master-key.ts";
import type { AgeKey, OtherKey } from "../metadata.ts";
import { otherName, type Shape, shape } from "./key-shape.ts";
import type { KeyMergeOptions, Three } from "./merge-keys.ts";
import { sameKey } from "./open-versions.ts";

/** Wraps the data key of the result for its recipients. What a side with this data key has wrapped already is kept. */
export async function wrapMerged(
  three: Three,
  wanted: Shape,
  key: Uint8Array,
  options: KeyMergeOptions,
): Promise<WrappedGroups> {
  const sides = [three.ours, three.theirs].filter((side) => sameKey(side.key, key));
  const asIs = sides.find(({ source }) => JSON.stringify(shape(source.metadata)) === JSON.stringify(wanted));
  if (asIs !== undefined) return wrappedKeysOf(asIs.source.metadata);
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
    const what = `the merged file needs its data key wrapped for ${entry?.kind ?? "a key"}, which takes its MasterKey; take one side as a whole and repeat the other's changes`;
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
