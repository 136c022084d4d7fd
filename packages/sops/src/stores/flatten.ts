import { SopsError, type SopsErrorDetails } from "../errors.ts";
import { type EntryItem, elementsOf, entriesOf, type LeafNode, type MapNode, type TreeNode } from "../internal/tree.ts";

const SEPARATOR = /__(map|list)_/;
/** A name, then a kind and a name for each step: metadata itself takes four steps. */
const MAX_PARTS = 100;

/** `age__list_0__map_recipient`: how formats without nesting name the values of metadata. */
export function flatten(node: MapNode): { readonly key: string; readonly leaf: LeafNode }[] {
  const flat = (value: TreeNode, key: string): { key: string; leaf: LeafNode }[] => {
    if (value.kind === "leaf") return [{ key, leaf: value }];
    if (value.kind === "map") return entriesOf(value).flatMap((e) => flat(e.value, `${key}__map_${e.key}`));
    return elementsOf(value).flatMap((e, index) => flat(e.value, `${key}__list_${index}`));
  };
  return entriesOf(node).flatMap(({ key, value }) => flat(value, key));
}

interface Branch {
  leaf?: LeafNode;
  readonly keys: Map<string, Branch>;
  readonly indices: Map<number, Branch>;
}

/** The nested form of flat names. Lists must have no gaps, and no name may occur twice. */
export function unflatten(entries: readonly EntryItem[], where: SopsErrorDetails): MapNode {
  const root = branch();
  for (const { key, value } of entries) {
    if (value.kind !== "leaf") throw malformed(where);
    const parts = key.split(SEPARATOR);
    if (parts.length > MAX_PARTS) throw malformed(where);
    const target = descend(root, parts);
    if (target.leaf !== undefined) throw malformed(where);
    target.leaf = value;
  }
  const node = nested(root, where);
  return node.kind === "map" ? node : { kind: "map", items: [] };
}

function descend(root: Branch, [first = "", ...rest]: readonly string[]): Branch {
  let at = child(root.keys, first);
  for (let index = 0; index < rest.length; index += 2) {
    const name = rest[index + 1] ?? "";
    // As in sops, an index that is no number is 0.
    at = rest[index] === "map" ? child(at.keys, name) : child(at.indices, /^[-+]?\d+$/.test(name) ? Number(name) : 0);
  }
  return at;
}

function child<K>(children: Map<K, Branch>, name: K): Branch {
  const known = children.get(name) ?? branch();
  children.set(name, known);
  return known;
}

function branch(): Branch {
  return { keys: new Map(), indices: new Map() };
}

function nested({ leaf, keys, indices }: Branch, where: SopsErrorDetails): TreeNode {
  if ([leaf !== undefined, keys.size > 0, indices.size > 0].filter(Boolean).length > 1) throw malformed(where);
  if (leaf !== undefined) return leaf;
  if (indices.size === 0) {
    const items = [...keys].map(([key, inner]): EntryItem => ({ kind: "entry", key, value: nested(inner, where) }));
    return { kind: "map", items };
  }
  const items = Array.from({ length: indices.size }, (_, index) => {
    const inner = indices.get(index);
    if (inner === undefined) throw malformed(where);
    return { kind: "element" as const, value: nested(inner, where) };
  });
  return { kind: "list", items };
}

function malformed(where: SopsErrorDetails): SopsError {
  return new SopsError("invalid-metadata", "the names of the sops metadata contradict each other", where);
}
