import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { Path } from "../diagnostic.ts";

/** What is written at a path: the nearest existing node, with its key where it is an entry of a mapping. */
export interface FoundNode {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

/** Walks the syntax tree along a path, through aliases and merge keys, as far as it goes. */
export function findNode(document: Document, path: Path): FoundNode {
  let found: FoundNode = { key: undefined, value: document.contents ?? undefined };
  for (const part of path) {
    const next = child(document, resolve(document, found.value), part);
    if (next === undefined) break;
    found = next;
  }
  return found;
}

/** The name under which a key ends up in the plain data. */
export function keyName(key: unknown): string {
  const value = isScalar(key) ? key.value : key;
  return value === null || value === undefined ? "" : String(value);
}

function child(document: Document, node: Node | undefined, part: string | number): FoundNode | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return item === undefined || item === null ? undefined : { key: undefined, value: item as Node };
  }
  if (!isMap(node)) return undefined;
  const own = entriesOf(node).get(String(part));
  if (own !== undefined) return entry(own);
  for (const pair of node.items) {
    if (!isMerge(pair)) continue;
    const source = resolve(document, pair.value as Node | undefined);
    for (const merged of isSeq(source) ? source.items : [source]) {
      const inherited = child(document, resolve(document, merged as Node | undefined), part);
      if (inherited !== undefined) return inherited;
    }
  }
  return undefined;
}

const indices = new WeakMap<YAMLMap, Map<string, Pair>>();

/** The entries of a mapping by name; the last of several equal keys is the one that counts. */
function entriesOf(map: YAMLMap): Map<string, Pair> {
  const known = indices.get(map);
  if (known !== undefined) return known;
  const entries = new Map(map.items.map((pair) => [keyName(pair.key), pair]));
  indices.set(map, entries);
  return entries;
}

function entry(pair: Pair): FoundNode {
  return { key: (pair.key as Node | null) ?? undefined, value: (pair.value as Node | null) ?? undefined };
}

/** `<<: *defaults`: the entry is no key of its own. */
export function isMerge(pair: unknown): boolean {
  if (!isPair(pair) || !isScalar(pair.key)) return false;
  return pair.key.value === "<<" || typeof pair.key.value === "symbol";
}

function resolve(document: Document, node: Node | undefined): Node | undefined {
  return isAlias(node) ? node.resolve(document) : node;
}
