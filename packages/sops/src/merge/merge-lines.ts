import type { EncryptedFile } from "../internal/encrypted-file.ts";
import type { Patch } from "../internal/patch.ts";
import { blockSpan } from "../internal/plain-text.ts";
import { lineEnd, lineStart } from "../internal/position.ts";
import { type LeafNode, walkTree } from "../internal/tree.ts";
import { diff } from "./diff.ts";
import { linesOf } from "./lines.ts";
import { mergeSequences } from "./sequences.ts";

/** Stands for the metadata while lines are merged; no SOPS file holds such a line. */
const METADATA = "\u0000metadata\u0000";

/** Longer files are merged by value only. */
const MAX_LINES = 50_000;

/** Patches that take the metadata out of a text, and what they took. */
export function cutMetadata(source: EncryptedFile): { readonly patches: Patch[]; readonly metadata: string } {
  const spans = source.documents.flatMap(({ block }) => (block === undefined ? [] : blockSpans(source, block)));
  const [first = []] = spans;
  const metadata = first.map(({ start, end }) => source.text.slice(start, end)).join("");
  const end = metadata.endsWith("\n") ? "\n" : "";
  const patches = spans.flatMap((pieces) =>
    pieces.map((piece, index): Patch => ({ ...piece, text: index === 0 ? METADATA + end : "" })),
  );
  return { patches, metadata };
}

type Block = NonNullable<EncryptedFile["documents"][number]["block"]>;

/** Where the metadata of a document stands: a block, or the lines of a format without nesting. */
function blockSpans({ text, store }: EncryptedFile, block: Block): { start: number; end: number }[][] {
  const start = block.keySpan?.start;
  if (start === undefined) return [];
  if (store === undefined) {
    const end = blockSpan(text, block.value);
    return end === undefined ? [] : [[{ start: lineStart(text, start), end }]];
  }
  if (store.format === "json") return block.value.span === undefined ? [] : [[{ start, end: block.value.span.end }]];
  const lines: { start: number; end: number }[] = [];
  const leaf = ({ span }: LeafNode): void => {
    if (span !== undefined) lines.push({ start: lineStart(text, span.start), end: lineEnd(text, span.start) });
  };
  walkTree(block.value as Parameters<typeof walkTree>[0], { leaf, comment: () => undefined });
  return [lines.sort((a, b) => a.start - b.start)];
}

/**
 * Merges texts without metadata line by line, as git does, but with less reluctance: neighbours do not conflict, and
 * lines added at the same place on both sides stand one after the other. Where lines contradict each other those of
 * `ours` are taken. Whether the result is right is for the caller to see.
 */
export function mergeLines(
  base: string | undefined,
  ours: string,
  theirs: string,
  metadata: string,
): string | undefined {
  const [own, other] = [linesOf(ours), linesOf(theirs)];
  if (own.length + other.length > MAX_LINES) return undefined;
  const old = base === undefined ? common(own, other) : linesOf(base);
  const same = (a: string, b: string) => a === b;
  const merged = mergeSequences(old, own, other, same).flatMap((part) => {
    if (part.kind === "agreed") return part.items;
    if (part.base.length > 0) return part.ours;
    return [...part.ours, ...part.theirs.filter((line) => !part.ours.includes(line))];
  });
  return merged.join("").replaceAll(METADATA + (metadata.endsWith("\n") ? "\n" : ""), () => metadata);
}

/** What two texts have in common: the best guess at a version both come from. */
function common(ours: readonly string[], theirs: readonly string[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const { start, end } of diff(ours, theirs, (a, b) => a === b)) {
    result.push(...ours.slice(at, start));
    at = end;
  }
  return [...result, ...ours.slice(at)];
}
