import type { KeyPath } from "../internal/edit-tree.ts";
import {
  type CommentItem,
  type ElementItem,
  type EntryItem,
  elementsOf,
  type ListNode,
  type MapNode,
  type TreeNode,
} from "../internal/tree.ts";
import { type ConflictReason, conflictAt, type MergeConflict, type Side } from "./conflict.ts";
import { sameValues } from "./same-values.ts";
import { mergeSequences } from "./sequences.ts";
import { bare, bareComment, commentsOf, type Unit, unitsOf, withComments } from "./units.ts";

export interface TreesMerged {
  readonly roots: readonly MapNode[];
  readonly conflicts: readonly MergeConflict[];
}

export interface TreeMergeOptions {
  /** Whose value a place of conflict gets. */
  readonly favor: Side;
  /** Makes a node of the other side part of this tree. */
  readonly adopt: <N extends TreeNode>(node: N) => N;
}

/**
 * Merges the documents of three versions by value. A place only one side changed gets that side's value; order and
 * comments are those of `ours`, and what `theirs` added comes last in its mapping.
 */
export function mergeTrees(
  base: readonly MapNode[],
  ours: readonly MapNode[],
  theirs: readonly MapNode[],
  options: TreeMergeOptions,
): TreesMerged {
  const merge = new TreeMerge(options, Math.max(ours.length, theirs.length));
  const byIndex = ours.length === theirs.length && (base.length === 0 || base.length === ours.length);
  if (byIndex) {
    const roots = ours.map((root, index) => {
      merge.document = index;
      return merge.node(base[index], root, theirs[index], []) as MapNode;
    });
    return { roots, conflicts: merge.conflicts };
  }
  const list = merge.list(asList(base), asList(ours), asList(theirs), []);
  const roots = elementsOf(list).flatMap(({ value }) => (value.kind === "map" ? [value] : []));
  const conflicts = merge.conflicts.map(({ keys: [document = 0, ...keys], reason }) =>
    conflictAt(Number(document), roots.length, keys, reason),
  );
  return { roots, conflicts };
}

function asList(roots: readonly MapNode[]): ListNode {
  return { kind: "list", items: roots.map((value) => ({ kind: "element", value })) };
}

class TreeMerge {
  document = 0;
  readonly conflicts: MergeConflict[] = [];
  readonly #options: TreeMergeOptions;
  readonly #documents: number;

  constructor(options: TreeMergeOptions, documents: number) {
    this.#options = options;
    this.#documents = documents;
  }

  node(
    base: TreeNode | undefined,
    ours: TreeNode | undefined,
    theirs: TreeNode | undefined,
    path: KeyPath,
  ): TreeNode | undefined {
    if (sameValues(ours, theirs) && ours?.kind !== "map") return ours;
    if (ours?.kind === "map" && theirs?.kind === "map") return this.#map(base, ours, theirs, path);
    if (ours?.kind === "list" && theirs?.kind === "list" && base?.kind === "list") {
      return this.list(base, ours, theirs, path);
    }
    if (sameValues(base, ours)) return theirs && this.#options.adopt(theirs);
    if (sameValues(base, theirs)) return ours;
    this.#conflict(path, reasonOf(base, ours, theirs));
    return this.#options.favor === "ours" ? ours : theirs && this.#options.adopt(theirs);
  }

  list(base: ListNode, ours: ListNode, theirs: ListNode, path: KeyPath): ListNode {
    const items: ElementItem[] = [];
    const replaced = new Map<ElementItem, ElementItem>();
    const [old, own, other] = [elementsOf(base), elementsOf(ours), elementsOf(theirs)];
    const adopted = (element: ElementItem): ElementItem => ({
      kind: "element",
      value: this.#options.adopt(element.value),
    });
    for (const part of mergeSequences(old, own, other, (a, b) => sameValues(a.value, b.value))) {
      if (part.kind === "agreed") {
        // Equal elements of ours keep their envelopes: the base's nodes are of another file.
        const mine = part.side === "both" ? this.#own(own, items.length, part.items) : part.items;
        items.push(...(part.side === "theirs" ? mine.map(adopted) : mine));
        continue;
      }
      const [only, mine, yours] = [part.base[0], part.ours[0], part.theirs[0]];
      const alone = part.base.length === 1 && part.ours.length === 1 && part.theirs.length === 1;
      if (alone && only !== undefined && mine !== undefined && yours !== undefined) {
        const value = this.node(only.value, mine.value, yours.value, [...path, items.length]);
        const element: ElementItem = { ...mine, value: value ?? mine.value };
        replaced.set(element, mine);
        items.push(element);
        continue;
      }
      const changed = part.base.length > 0;
      const reason = part.ours.length === 0 ? "ours-deleted" : part.theirs.length === 0 ? "theirs-deleted" : undefined;
      this.#conflict([...path, items.length], reason ?? (changed ? "both-changed" : "both-added"));
      items.push(...(this.#options.favor === "ours" ? part.ours : part.theirs.map(adopted)));
    }
    return { ...ours, items: withComments(ours, items, replaced) };
  }

  #own(own: readonly ElementItem[], from: number, equal: readonly ElementItem[]): ElementItem[] {
    return equal.map((element, index) => {
      const near = own[from + index];
      if (near !== undefined && sameValues(near.value, element.value)) return near;
      return own.find(({ value }) => sameValues(value, element.value)) ?? element;
    });
  }

  #map(base: TreeNode | undefined, ours: MapNode, theirs: MapNode, path: KeyPath): MapNode {
    const old = unitsOf(base?.kind === "map" ? base : { kind: "map", items: [] }, path);
    const own = unitsOf(ours, path);
    const other = unitsOf(theirs, path);
    const follow = ours.commentsFollow === true;
    const items: MapNode["items"] = [];
    const push = (unit: Unit, value: TreeNode, comments: readonly CommentItem[]) => {
      const entry: EntryItem = { ...unit.entry, value };
      items.push(...(follow ? [entry, ...comments] : [...comments, entry]));
    };
    for (const [key, unit] of own.units) {
      const [was, yours] = [old.units.get(key), other.units.get(key)];
      const value = this.node(was?.entry.value, unit.entry.value, yours?.entry.value, [...path, key]);
      if (value !== undefined) push(unit, value, commentsOf(was, unit, yours));
    }
    for (const [key, unit] of other.units) {
      if (own.units.has(key)) continue;
      const value = this.node(old.units.get(key)?.entry.value, undefined, unit.entry.value, [...path, key]);
      if (value !== undefined) push({ entry: bare(unit.entry), comments: [] }, value, unit.comments.map(bareComment));
    }
    return { ...ours, items: [...items, ...own.rest] };
  }

  #conflict(keys: KeyPath, reason: ConflictReason): void {
    this.conflicts.push(conflictAt(this.document, this.#documents, keys, reason));
  }
}

function reasonOf(base?: TreeNode, ours?: TreeNode, theirs?: TreeNode): ConflictReason {
  if (ours === undefined) return "ours-deleted";
  if (theirs === undefined) return "theirs-deleted";
  return base === undefined ? "both-added" : "both-changed";
}
