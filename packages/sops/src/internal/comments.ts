import { columnAt, lineStart } from "./position.ts";
import type { CommentItem, ElementItem, EntryItem, ListNode, MapNode, Span, TreeNode } from "./tree.ts";

/**
 * Puts each comment into the map or list that go-yaml attaches it to: the keys above it are its additional data.
 *
 * A comment on its own line belongs to the collection that goes on after it, else to the innermost one whose own key
 * stands further left. A comment after a value belongs to the collection of that value, and comes before it.
 */
export function attachComments(text: string, root: MapNode, comments: readonly Span[]): void {
  for (const comment of comments) {
    const hash = comment.start - 1;
    const inline = text.slice(lineStart(text, hash), hash).trim() !== "";
    const item: CommentItem = { kind: "comment", text: text.slice(comment.start, comment.end), span: comment };
    place(root, item, hash, inline, text);
  }
}

function place(owner: MapNode | ListNode, comment: CommentItem, at: number, inline: boolean, text: string): void {
  const index = lastBefore(owner, at);
  const previous = owner.items[index];
  if (previous !== undefined && previous.kind !== "comment" && descends(previous, comment, at, inline, text)) {
    place(previous.value as MapNode | ListNode, comment, at, inline, text);
    return;
  }
  // A comment beside a value comes before it, one below comes after it and after the comments already there.
  let position = inline && previous !== undefined ? index : index + 1;
  if (!inline) while (owner.items[position]?.kind === "comment" && startOf(owner.items[position]) < at) position += 1;
  (owner.items as unknown[]).splice(position, 0, comment);
}

function descends(
  item: EntryItem | ElementItem,
  comment: CommentItem,
  at: number,
  inline: boolean,
  text: string,
): boolean {
  const value = item.value;
  if (value.kind === "leaf" || value.span === undefined) return false;
  const { start, end } = value.span;
  if (start > at) return !inline;
  if (value.flow === true) return at < end || (inline && lineStart(text, at) <= end);
  if (inline) return true;
  const last = value.items.findLast((inner) => inner.kind !== "comment");
  if (last !== undefined && startOf(last) > at) return true;
  return columnAt(text, comment.span?.start ?? at) - 1 > columnAt(text, startOf(item));
}

function lastBefore(owner: MapNode | ListNode, at: number): number {
  const items: readonly (EntryItem | ElementItem | CommentItem)[] = owner.items;
  return items.findLastIndex((item) => item.kind !== "comment" && startOf(item) <= at);
}

function startOf(item: EntryItem | ElementItem | CommentItem | undefined): number {
  if (item === undefined) return Number.POSITIVE_INFINITY;
  if (item.kind === "comment") return item.span?.start ?? 0;
  if (item.kind === "entry") return item.keySpan?.start ?? 0;
  return item.start ?? valueStart(item.value);
}

function valueStart(value: TreeNode): number {
  return value.span?.start ?? 0;
}
