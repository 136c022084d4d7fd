import { SopsError } from "../errors.ts";
import { type Shape, shape } from "./key-shape.ts";
import type { KeyMergeOptions, Three } from "./merge-keys.ts";

/** The recipients of the result: those of each group as a set, and the groups as a whole. */
export function mergeGroups({ base, ours, theirs }: Three, { favor, file }: KeyMergeOptions): Shape {
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
