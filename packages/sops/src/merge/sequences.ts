import { diff, type Hunk } from "./diff.ts";

/** A part of a three-way merge. Agreed parts are what both sides, or the one that changed them, say. */
export type Part<T> =
  | { readonly kind: "agreed"; readonly side: "both" | "ours" | "theirs"; readonly items: readonly T[] }
  | {
      readonly kind: "conflict";
      readonly base: readonly T[];
      readonly ours: readonly T[];
      readonly theirs: readonly T[];
    };

interface Sided extends Hunk {
  readonly side: "ours" | "theirs";
}

/**
 * Three-way merge of sequences. Unlike a merge of lines in git, changes of neighbours do not conflict; insertions at the
 * same place and changes of the same item do.
 */
export function mergeSequences<T>(
  base: readonly T[],
  ours: readonly T[],
  theirs: readonly T[],
  same: (a: T, b: T) => boolean,
): Part<T>[] {
  const hunks: Sided[] = [
    ...single(diff(base, ours, same)).map((hunk) => ({ ...hunk, side: "ours" as const })),
    ...single(diff(base, theirs, same)).map((hunk) => ({ ...hunk, side: "theirs" as const })),
  ].sort((a, b) => a.start - b.start || a.end - b.end);
  const parts: Part<T>[] = [];
  let done = 0;
  for (let index = 0; index < hunks.length; ) {
    const group = groupFrom(hunks, index);
    index += group.length;
    const start = Math.min(...group.map((hunk) => hunk.start));
    const end = Math.max(...group.map((hunk) => hunk.end));
    if (start > done) parts.push({ kind: "agreed", side: "both", items: base.slice(done, start) });
    done = end;
    const version = (side: "ours" | "theirs", items: readonly T[]) => apply(base, items, group, side, start, end);
    parts.push(partOf(group, base.slice(start, end), version("ours", ours), version("theirs", theirs), same));
  }
  if (done < base.length) parts.push({ kind: "agreed", side: "both", items: base.slice(done) });
  return parts;
}

function partOf<T>(
  group: readonly Sided[],
  base: readonly T[],
  ours: readonly T[],
  theirs: readonly T[],
  same: (a: T, b: T) => boolean,
): Part<T> {
  if (group.every(({ side }) => side === "ours")) return { kind: "agreed", side: "ours", items: ours };
  if (group.every(({ side }) => side === "theirs")) return { kind: "agreed", side: "theirs", items: theirs };
  const equal = ours.length === theirs.length && ours.every((item, index) => same(item, theirs[index] as T));
  return equal ? { kind: "agreed", side: "both", items: ours } : { kind: "conflict", base, ours, theirs };
}

/** Replacements of as many items as they replace, one by one: neighbours are then apart. */
function single(hunks: readonly Hunk[]): Hunk[] {
  return hunks.flatMap((hunk) => {
    const length = hunk.end - hunk.start;
    if (length !== hunk.to - hunk.from || length === 1) return [hunk];
    return Array.from({ length }, (_, index) => ({
      start: hunk.start + index,
      end: hunk.start + index + 1,
      from: hunk.from + index,
      to: hunk.from + index + 1,
    }));
  });
}

/** The hunks from an index on that touch each other. */
function groupFrom(hunks: readonly Sided[], index: number): Sided[] {
  const group: Sided[] = [];
  for (const hunk of hunks.slice(index)) {
    if (group.length > 0 && !group.some((known) => known.side !== hunk.side && collide(known, hunk))) {
      if (!group.some((known) => overlap(known, hunk))) break;
    }
    group.push(hunk);
  }
  return group;
}

function overlap(a: Hunk, b: Hunk): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Overlapping changes, and insertions where the other side inserts or changes the number of items. */
function collide(a: Hunk, b: Hunk): boolean {
  if (overlap(a, b)) return true;
  if (a.start > b.end || b.start > a.end) return false;
  const resizes = (hunk: Hunk) => hunk.end - hunk.start !== hunk.to - hunk.from;
  const inserts = (hunk: Hunk) => hunk.start === hunk.end;
  return (inserts(a) && resizes(b)) || (inserts(b) && resizes(a));
}

/** What one side makes of a range of the base. */
function apply<T>(
  base: readonly T[],
  items: readonly T[],
  group: readonly Sided[],
  side: "ours" | "theirs",
  start: number,
  end: number,
): T[] {
  const result: T[] = [];
  let at = start;
  for (const hunk of group) {
    if (hunk.side !== side) continue;
    result.push(...base.slice(at, hunk.start), ...items.slice(hunk.from, hunk.to));
    at = hunk.end;
  }
  result.push(...base.slice(at, end));
  return result;
}
