import type { Scalar } from "./scalar.ts";

/** Offsets into the text a tree was parsed from; `end` is exclusive. Trees made from data have none. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface LeafNode {
  readonly kind: "leaf";
  readonly scalar: Scalar;
  readonly span?: Span | undefined;
  /** Inside `{}` or `[]`, where plain scalars cannot hold commas and brackets. */
  readonly flow?: boolean | undefined;
  /** A `|` or `>` scalar: its span ends after a line break. */
  readonly block?: boolean | undefined;
  /** The span holds an envelope, the scalar what was in it. */
  readonly opened?: boolean | undefined;
}

export interface CommentItem {
  readonly kind: "comment";
  /** Without the `#`. */
  readonly text: string;
  /** Of the text after the `#`; of the whole element, dash included, for a comment that was stored as an element. */
  readonly span?: Span | undefined;
  readonly opened?: "comment" | "element" | undefined;
  /** Beside a value, on its line. */
  readonly inline?: boolean | undefined;
  /** Stands in the text, but sops does not see it. */
  readonly lost?: boolean | undefined;
}

export interface EntryItem {
  readonly kind: "entry";
  readonly key: string;
  readonly keySpan?: Span | undefined;
  readonly value: TreeNode;
}

export interface ElementItem {
  readonly kind: "element";
  /** Of the dash, when the list has dashes. */
  readonly start?: number | undefined;
  readonly value: TreeNode;
}

export interface MapNode {
  readonly kind: "map";
  readonly items: (EntryItem | CommentItem)[];
  readonly span?: Span | undefined;
  readonly flow?: boolean | undefined;
  /** A section of INI, where the comment of a key comes after it. */
  readonly commentsFollow?: boolean | undefined;
}

export interface ListNode {
  readonly kind: "list";
  readonly items: (ElementItem | CommentItem)[];
  readonly span?: Span | undefined;
  readonly flow?: boolean | undefined;
}

export type TreeNode = LeafNode | MapNode | ListNode;

export function entriesOf(map: MapNode): EntryItem[] {
  return map.items.filter((item) => item.kind === "entry");
}

export function elementsOf(list: ListNode): ElementItem[] {
  return list.items.filter((item) => item.kind === "element");
}

export function entryOf(map: MapNode, key: string): EntryItem | undefined {
  return entriesOf(map).find((entry) => entry.key === key);
}

/** Where a leaf or comment stands. */
export interface Place {
  /** Map keys only: what the additional data and the selection rule see. */
  readonly keys: readonly string[];
  /** Map keys and list indices: what people see. */
  readonly path: readonly (string | number)[];
  readonly comments: readonly (readonly string[])[];
  /** Offset of the dash, for a leaf that is a list element. */
  readonly dash?: number | undefined;
  /** Of a comment: among the elements of a list. */
  readonly inList?: boolean | undefined;
}

export interface Visitor<L, C> {
  leaf(leaf: LeafNode, place: Place): L;
  comment(comment: CommentItem, place: Place): C;
}

/** A list element may turn into a comment: that is how SOPS stores an encrypted comment of a list. */
type Rebuild = Visitor<LeafNode | CommentItem, CommentItem>;

/** Visits leaves and comments in document order, as SOPS walks them, and rebuilds the tree from the answers. */
export function mapTree(root: MapNode, visit: Rebuild): MapNode {
  return mapMap(root, { keys: [], path: [], comments: [] }, visit);
}

/** Like {@link mapTree}, for the visit alone. */
export function walkTree(root: MapNode, visit: Visitor<void, void>): void {
  mapTree(root, {
    leaf(leaf, place) {
      visit.leaf(leaf, place);
      return leaf;
    },
    comment(comment, place) {
      visit.comment(comment, place);
      return comment;
    },
  });
}

function mapNode(node: TreeNode, place: Place, visit: Rebuild): TreeNode | CommentItem {
  if (node.kind === "leaf") return visit.leaf(node, place);
  return node.kind === "map" ? mapMap(node, place, visit) : mapList(node, place, visit);
}

function mapMap(node: MapNode, place: Place, visit: Rebuild): MapNode {
  let active: string[] = [];
  const items = node.items.map((item): EntryItem | CommentItem => {
    if (item.kind === "comment") {
      if (item.lost !== true) active.push(item.text);
      return visit.comment(item, { ...place, comments: [...place.comments, active] });
    }
    const inner: Place = {
      keys: [...place.keys, item.key],
      path: [...place.path, item.key],
      comments: [...place.comments, active],
    };
    active = [];
    const value = mapNode(item.value, inner, visit);
    if (value.kind === "comment") throw new TypeError("a mapping value cannot become a comment");
    return { ...item, value };
  });
  return { ...node, items };
}

function mapList(node: ListNode, place: Place, visit: Rebuild): ListNode {
  let active: string[] = [];
  let index = 0;
  const items = node.items.map((item): ElementItem | CommentItem => {
    if (item.kind === "comment") {
      if (item.lost !== true) active.push(item.text);
      return visit.comment(item, { ...place, comments: [...place.comments, active], inList: true });
    }
    const inner: Place = {
      keys: place.keys,
      path: [...place.path, index],
      comments: [...place.comments, active],
      dash: item.start,
    };
    active = [];
    index += 1;
    const value = mapNode(item.value, inner, visit);
    return value.kind === "comment" ? value : { ...item, value };
  });
  return { ...node, items };
}
