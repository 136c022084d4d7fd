import { columnAt, lineEnd, lineStart } from "./position.ts";
import type { CommentItem, ElementItem, EntryItem, ListNode, MapNode, Span } from "./tree.ts";

/**
 * Puts each comment into the map or list it seems to belong to: the keys above it are its additional data. For those
 * that go-yaml loses, and for texts that it refuses.
 *
 * A comment on its own line belongs to the collection that goes on after it, else to the innermost one whose own key
 * stands further left. A comment after a value belongs to the collection of that value, and comes before it.
 */
export function attachComments(text: string, root: MapNode, comments: readonly Span[], lost: boolean): void {
  for (const span of comments) {
    const at = span.start - 1;
    const inline = text.slice(lineStart(text, at), at).trim() !== "";
    place(root, {
      item: { kind: "comment", text: text.slice(span.start, span.end), span, inline, lost },
      at,
      inline,
      column: columnAt(text, at),
      text,
    });
  }
}

interface Found {
  readonly item: CommentItem;
  /** Offset of the `#`. */
  readonly at: number;
  readonly inline: boolean;
  readonly column: number;
  readonly text: string;
}

function place(owner: MapNode | ListNode, found: Found): void {
  const index = lastBefore(owner, found.at);
  const previous = owner.items[index];
  if (previous !== undefined && previous.kind !== "comment") {
    const inner = innerOwner(owner, previous, found);
    if (inner !== undefined) {
      place(inner, found);
      return;
    }
  }
  // A comment beside a value comes before it, one below comes after it and after the comments already there.
  let position = found.inline && previous !== undefined ? index : index + 1;
  if (!found.inline) {
    while (owner.items[position]?.kind === "comment" && startOf(owner.items[position]) < found.at) position += 1;
  }
  (owner.items as unknown[]).splice(position, 0, found.item);
}

/** The collection below an item that the comment belongs to, if it does not belong beside the item. */
function innerOwner(
  owner: MapNode | ListNode,
  item: EntryItem | ElementItem,
  { at, inline, column, text }: Found,
): MapNode | ListNode | undefined {
  const value = item.value;
  if (value.kind === "leaf" || value.span === undefined) return undefined;
  const { start, end } = value.span;
  if (start > at) return inline ? undefined : value;
  if (value.flow === true) {
    // Beside flow collections that end on the line: of the outermost one.
    const beside = inline && owner.flow !== true && lineStart(text, at) <= end;
    return at < end || beside ? value : undefined;
  }
  if (inline) return value;
  const last = value.items.findLast((inner) => inner.kind !== "comment");
  if (last !== undefined && startOf(last) > at) return value;
  const keyColumn = columnAt(text, startOf(item));
  const around = surroundings(text, at);
  if (column > keyColumn) return around.later && around.dedents ? undefined : value;
  if (value.kind !== "list" || column !== keyColumn) return undefined;
  // At the column of the key above a list: below it when the key's own mapping ends here, too, or when the list stands
  // at that column itself.
  if (around.dedents) return value;
  const scalar = last?.kind === "element" && (last.value.kind === "leaf" || last.value.flow === true);
  return scalar && around.footer && columnAt(text, startOf(last)) === column ? value : undefined;
}

/** What surrounds a comment on its own line. Groups are split by empty lines and by a change of column. */
interface Surroundings {
  /** Right below a value and above an empty line: it speaks of what is above. */
  readonly footer: boolean;
  /** The next line that is not empty starts further left. */
  readonly dedents: boolean;
  /** Another group stands between the value above and this one. */
  readonly later: boolean;
}

function surroundings(text: string, at: number): Surroundings {
  const column = columnAt(text, at);
  let first = lineStart(text, at);
  while (first > 0 && commentColumn(text, lineStart(text, first - 1)) === column) first = lineStart(text, first - 1);
  let after = lineEnd(text, at);
  while (after < text.length && commentColumn(text, after) === column) after = lineEnd(text, after);
  const below = text.slice(after, lineEnd(text, after));
  const above = first === 0 ? "" : text.slice(lineStart(text, first - 1), first);
  const next = /^(?:[ \t]*\r?\n)*([ ]*)\S/.exec(text.slice(after))?.[1]?.length ?? 0;
  let before = first;
  while (before > 0 && text.slice(lineStart(text, before - 1), before).trim() === "")
    before = lineStart(text, before - 1);
  return {
    // At the end of a text the sops block follows: that is no empty line.
    footer: above.trim() !== "" && below !== "" && below.trim() === "",
    dedents: next < column,
    later: before > 0 && before !== first && commentColumn(text, lineStart(text, before - 1)) !== undefined,
  };
}

function commentColumn(text: string, start: number): number | undefined {
  return /^([ \t]*)#/.exec(text.slice(start, lineEnd(text, start)))?.[1]?.length;
}

function lastBefore(owner: MapNode | ListNode, at: number): number {
  const items: readonly (EntryItem | ElementItem | CommentItem)[] = owner.items;
  return items.findLastIndex((item) => item.kind !== "comment" && startOf(item) <= at);
}

function startOf(item: EntryItem | ElementItem | CommentItem | undefined): number {
  if (item === undefined) return Number.POSITIVE_INFINITY;
  if (item.kind === "comment") return item.span?.start ?? 0;
  if (item.kind === "entry") return item.keySpan?.start ?? 0;
  return item.start ?? item.value.span?.start ?? 0;
}
