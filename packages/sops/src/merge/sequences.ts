/** Beyond this many differences what differs counts as one piece: its parts would say nothing to anybody. */
const MAX_DIFFERENCES = 800;

/** A piece of `before` that was replaced; an empty range is an insertion. Ends are exclusive. */
export interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** The smallest set of replacements that turns one sequence into another (Myers). */
export function diff<T>(before: readonly T[], after: readonly T[], same: (a: T, b: T) => boolean): Hunk[] {
  let head = 0;
  while (head < before.length && head < after.length && same(before[head] as T, after[head] as T)) head += 1;
  let tail = 0;
  const room = Math.min(before.length, after.length) - head;
  while (tail < room && same(before[before.length - 1 - tail] as T, after[after.length - 1 - tail] as T)) tail += 1;
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  const hunks: Hunk[] = [];
  let [x, y] = [0, 0];
  for (const [i, j] of [...matches(a, b, same), [a.length, b.length] as const]) {
    if (i > x || j > y) hunks.push({ start: head + x, end: head + i, from: head + y, to: head + j });
    [x, y] = [i + 1, j + 1];
  }
  return hunks;
}

/** Pairs of indices of a longest common subsequence. */
function matches<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): (readonly [number, number])[] {
  const trace: Map<number, number>[] = [];
  const reach = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= Math.min(a.length + b.length, MAX_DIFFERENCES); d += 1) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(reach, k - 1) < at(reach, k + 1));
      let x = down ? at(reach, k + 1) : at(reach, k - 1) + 1;
      while (x < a.length && x - k < b.length && same(a[x] as T, b[x - k] as T)) x += 1;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return [];
}

function walkBack(trace: readonly Map<number, number>[], endX: number, endY: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [x, y] = [endX, endY];
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const reach = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && at(reach, k - 1) < at(reach, k + 1));
    const previous = down ? k + 1 : k - 1;
    const [px, py] = [at(reach, previous), at(reach, previous) - previous];
    while (x > px && y > py && x > 0 && y > 0) {
      pairs.push([x - 1, y - 1]);
      x -= 1;
      y -= 1;
    }
    [x, y] = [px, py];
  }
  return pairs.reverse();
}

function at(reach: ReadonlyMap<number, number>, k: number): number {
  return reach.get(k) ?? -1;
}

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
