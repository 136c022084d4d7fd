import { SopsError } from "../errors.ts";
import type { KeyPath } from "../internal/edit-tree.ts";
import { formatKeyPath } from "../internal/position.ts";
import type { CommentItem, ElementItem, EntryItem, ListNode, MapNode } from "../internal/tree.ts";

/** An entry with the comments that speak of it. */
export interface Unit {
  readonly entry: EntryItem;
  readonly comments: readonly CommentItem[];
}

/** Entries by key with their comments, and the comments after the last. */
export function unitsOf(
  map: MapNode,
  path: KeyPath,
): { readonly units: Map<string, Unit>; readonly rest: readonly CommentItem[] } {
  const units = new Map<string, Unit>();
  let comments: CommentItem[] = [];
  let last: string | undefined;
  for (const item of map.items) {
    if (item.kind === "comment") {
      const before = last === undefined ? undefined : units.get(last);
      if (map.commentsFollow === true && last !== undefined && before !== undefined) {
        units.set(last, { ...before, comments: [...before.comments, item] });
      } else comments.push(item);
      continue;
    }
    if (units.has(item.key)) {
      const at = formatKeyPath([...path, item.key]);
      throw new SopsError("merge-conflict", `the key ${at} occurs twice in one version; remove one first`, {
        path: at,
      });
    }
    units.set(item.key, { entry: item, comments });
    comments = [];
    last = item.key;
  }
  return { units, rest: comments };
}

/** Comments as ours has them, unless theirs alone changed them. */
export function commentsOf(base: Unit | undefined, ours: Unit, theirs: Unit | undefined): readonly CommentItem[] {
  const text = (unit: Unit | undefined) => JSON.stringify(unit?.comments.map((comment) => comment.text));
  if (theirs === undefined || text(base) !== text(ours) || text(theirs) === text(ours)) return ours.comments;
  return theirs.comments.map(bareComment);
}

/** The comments of a list before the elements they were before. */
export function withComments(
  list: ListNode,
  elements: readonly ElementItem[],
  replaced: ReadonlyMap<ElementItem, ElementItem>,
): ListNode["items"] {
  const pending = new Map<ElementItem, CommentItem[]>();
  let comments: CommentItem[] = [];
  for (const item of list.items) {
    if (item.kind === "comment") comments.push(item);
    else {
      pending.set(item, comments);
      comments = [];
    }
  }
  return [
    ...elements.flatMap((element) => [...(pending.get(replaced.get(element) ?? element) ?? []), element]),
    ...comments,
  ];
}

/** Without positions: they are those of another text. */
export function bare({ key, value }: EntryItem): EntryItem {
  return { kind: "entry", key, value };
}

export function bareComment({ text }: CommentItem): CommentItem {
  return { kind: "comment", text };
}
