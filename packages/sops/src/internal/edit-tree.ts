import { SopsError } from "../errors.ts";
import { formatKeyPath } from "./position.ts";
import { elementsOf, entryOf, type ListNode, type MapNode, type TreeNode } from "./tree.ts";

export type KeyPath = readonly (string | number)[];

export function getAt(node: TreeNode | undefined, path: KeyPath): TreeNode | undefined {
  const [head, ...rest] = path;
  if (head === undefined || node === undefined) return node;
  if (node.kind === "map" && typeof head === "string") return getAt(entryOf(node, head)?.value, rest);
  if (node.kind === "list" && typeof head === "number") return getAt(elementsOf(node)[head]?.value, rest);
  return undefined;
}

/**
 * A copy of the tree with a value at a path; mappings on the way are made, a list grows by one at its end. `behind`: a
 * new key comes behind the comments that close its mapping, as in sops.
 */
export function setAt(root: MapNode, path: KeyPath, value: TreeNode, behind = false): MapNode {
  const result = set(root, path, value, { path, behind });
  if (result.kind === "map") return result;
  throw conflict("a document is a mapping at the top", path);
}

/** A copy of the tree without what is at a path. */
export function deleteAt(root: MapNode, path: KeyPath): MapNode {
  if (path.length === 0 || getAt(root, path) === undefined) throw missing(path);
  const parent = path.slice(0, -1);
  const last = path.at(-1);
  const owner = getAt(root, parent);
  if (owner?.kind === "map") {
    const items = owner.items.filter((item, index) => {
      const before = owner.items[index - 1];
      const itsComment = owner.commentsFollow === true && before?.kind === "entry" && before.key === last;
      return item.kind === "comment" ? !itsComment : item.key !== last;
    });
    return parent.length === 0 ? { ...owner, items } : setAt(root, parent, { ...owner, items });
  }
  if (owner?.kind !== "list") throw missing(path);
  const gone = elementsOf(owner)[Number(last)];
  return setAt(root, parent, { ...owner, items: owner.items.filter((item) => item !== gone) });
}

/** What is being set. */
interface Whole {
  readonly path: KeyPath;
  readonly behind: boolean;
}

function set(node: TreeNode | undefined, path: KeyPath, value: TreeNode, whole: Whole): TreeNode {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  if (typeof head === "string") {
    const map = node === undefined || isNull(node) ? EMPTY : node;
    if (map.kind !== "map") throw conflict(`there is no mapping to hold the key ${JSON.stringify(head)}`, whole.path);
    return setKey(map, head, rest, value, whole);
  }
  const list: TreeNode = node === undefined || isNull(node) ? { kind: "list", items: [] } : node;
  if (list.kind !== "list") throw conflict(`there is no list to hold the index ${head}`, whole.path);
  return setIndex(list, head, rest, value, whole);
}

const EMPTY: MapNode = { kind: "map", items: [] };

function setKey(map: MapNode, key: string, rest: KeyPath, value: TreeNode, whole: Whole): MapNode {
  const existing = entryOf(map, key);
  if (existing !== undefined) {
    const next = { ...existing, value: set(existing.value, rest, value, whole) };
    return { ...map, items: map.items.map((item) => (item === existing ? next : item)) };
  }
  // Before comments that close the mapping: they would otherwise speak of the new entry.
  const last = map.items.findLastIndex((item) => item.kind === "entry") + 1;
  const at = map.commentsFollow === true || whole.behind ? map.items.length : last;
  const items = [...map.items];
  items.splice(at, 0, { kind: "entry", key, value: set(undefined, rest, value, whole) });
  return { ...map, items };
}

function setIndex(list: ListNode, index: number, rest: KeyPath, value: TreeNode, whole: Whole): ListNode {
  const elements = elementsOf(list);
  if (!Number.isInteger(index) || index < 0 || index > elements.length) {
    throw conflict(`index ${index} is outside the list of ${elements.length}`, whole.path);
  }
  const existing = elements[index];
  if (existing !== undefined) {
    const next = { ...existing, value: set(existing.value, rest, value, whole) };
    return { ...list, items: list.items.map((item) => (item === existing ? next : item)) };
  }
  const at = list.items.findLastIndex((item) => item.kind === "element") + 1;
  const items = [...list.items];
  items.splice(at, 0, { kind: "element", value: set(undefined, rest, value, whole) });
  return { ...list, items };
}

function isNull(node: TreeNode): boolean {
  return node.kind === "leaf" && node.scalar.type === "null";
}

function missing(path: KeyPath): SopsError {
  const at = formatKeyPath(path);
  return new SopsError("path-not-found", `there is nothing at ${at === "" ? "the empty path" : at}`, { path: at });
}

function conflict(what: string, path: KeyPath): SopsError {
  return new SopsError("path-conflict", `${what} (at ${formatKeyPath(path)})`, { path: formatKeyPath(path) });
}
