/**
 * The candidate that was probably meant, or `undefined` if none is near: for "did you mean".
 *
 * Near means: equal but for case, `-` and `_`; or few edits (insert, delete, replace, swap neighbours) for the length:
 * one up to four characters, two up to seven, a third of the length beyond. Ties go to the earlier candidate.
 *
 * @example
 * ```ts
 * import { closest } from "@idstack/manifests";
 * console.log(closest("fromEndpoint", ["toEndpoints", "fromEndpoints"])); // fromEndpoints
 * ```
 */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  const folded = fold(name);
  let limit = name.length <= 4 ? 1 : name.length <= 7 ? 2 : Math.floor(name.length / 3);
  let best: string | undefined;
  for (const candidate of candidates) {
    if (candidate === name) return candidate;
    const other = fold(candidate);
    const distance = other === folded ? 0 : editDistance(folded, other, limit);
    if (distance < limit || (distance === limit && best === undefined)) {
      best = candidate;
      limit = distance;
    }
  }
  return best;
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[-_]/g, "");
}

/** Optimal string alignment distance; anything above `limit` comes back as infinity, mostly without the full table. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let lowest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1);
      row.push(cost);
      lowest = Math.min(lowest, cost);
    }
    if (lowest > limit) return Number.POSITIVE_INFINITY;
    before = previous;
    previous = row;
  }
  const distance = at(previous, b.length);
  return distance > limit ? Number.POSITIVE_INFINITY : distance;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
