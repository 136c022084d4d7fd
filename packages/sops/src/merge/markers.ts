import { SopsError } from "../errors.ts";
import type { Side } from "./conflict.ts";
import { diff } from "./diff.ts";
import { linesOf } from "./lines.ts";

const SIZE = 7;

export interface MarkerOptions {
  readonly labels?: { readonly ours?: string | undefined; readonly theirs?: string | undefined } | undefined;
  readonly markerSize?: number | undefined;
}

/** One text of two, with a block of git's conflict markers wherever they differ. */
export function markConflicts(ours: string, theirs: string, { labels, markerSize = SIZE }: MarkerOptions): string {
  const [own, other] = [linesOf(ours), linesOf(theirs)];
  const mark = (char: string, label?: string) =>
    `${char.repeat(Math.max(markerSize, SIZE))}${label ? ` ${label}` : ""}\n`;
  const ended = (part: readonly string[]) =>
    part.map((line) => (line.endsWith("\n") || line === "" ? line : `${line}\n`)).join("");
  let text = "";
  let at = 0;
  for (const { start, end, from, to } of diff(own, other, (a, b) => a === b)) {
    text += own.slice(at, start).join("");
    text += mark("<", labels?.ours || "ours") + ended(own.slice(start, end));
    text += mark("=") + ended(other.slice(from, to)) + mark(">", labels?.theirs || "theirs");
    at = end;
  }
  return text + own.slice(at).join("");
}

/** Whether a text holds a whole block of conflict markers, each at the start of its line. */
export function hasMarkers(text: string): boolean {
  return markersAt(text) !== undefined;
}

/** Where the first block of conflict markers begins. One step per marker: a text full of them takes no longer. */
export function markersAt(text: string): number | undefined {
  // Cheap test first: almost no file gets further.
  if (!text.includes("<<<<<<<")) return undefined;
  let first: number | undefined;
  let from = 0;
  for (const marker of [/^<{7,}(?: .*)?\r?\n/gm, /^={7,}\r?\n/gm, /^>{7,}(?: |\r?$)/gm]) {
    marker.lastIndex = from;
    const match = marker.exec(text);
    if (match === null) return undefined;
    first ??= match.index;
    from = match.index + match[0].length;
  }
  return first;
}

/** The text one side had: its part of every block. The part of the common ancestor, if git wrote one, is left out. */
export function sideOf(text: string, side: Side): string {
  let part: "all" | "ours" | "base" | "theirs" = "all";
  let out = "";
  for (const line of linesOf(text)) {
    if (part === "all" && /^<{7,}(?: |\r?\n)/.test(line)) part = "ours";
    else if (part === "ours" && /^\|{7,}(?: |\r?\n)/.test(line)) part = "base";
    else if ((part === "ours" || part === "base") && /^={7,}\r?\n/.test(line)) part = "theirs";
    else if (part === "theirs" && /^>{7,}(?: |\r?\n|$)/.test(line)) part = "all";
    else if (part === "all" || part === side) out += line;
  }
  return out;
}

/** @throws {@link SopsError} `unresolved-merge` */
export function refuseMarkers(text: string, file: string | undefined): void {
  if (!hasMarkers(text)) return;
  const line = text.split(/^<{7,}(?: .*)?\r?$/m, 1)[0]?.split("\n").length;
  const what = "the file holds an unresolved merge; run idstack secrets resolve, or take one side with git checkout";
  throw new SopsError("unresolved-merge", what, { file, line, column: 1 });
}
