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
