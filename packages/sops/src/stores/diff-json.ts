import { sameTree } from "../internal/compare-trees.ts";
import type { Patch } from "../internal/patch.ts";
import { lineStart } from "../internal/position.ts";
import {
  type ElementItem,
  type EntryItem,
  elementsOf,
  entriesOf,
  type ListNode,
  type MapNode,
  type TreeNode,
} from "../internal/tree.ts";
import { emitJson, quoteJson } from "./emit-json.ts";

type Item = EntryItem | ElementItem;

/** Patches that turn one JSON tree into another and leave the text of everything equal alone. */
export class JsonDiff {
  readonly #text: string;
  readonly #indent: string;
  readonly #seal: (node: TreeNode) => TreeNode;

  constructor(text: string, indent: string, seal: (node: TreeNode) => TreeNode) {
    this.#text = text;
    this.#indent = indent;
    this.#seal = seal;
  }

  node(before: TreeNode, after: TreeNode): Patch[] | undefined {
    if (sameTree(before, after, false)) return [];
    if (before.kind === "map" && after.kind === "map") return this.#map(before, after) ?? this.#anew(before, after);
    if (before.kind === "list" && after.kind === "list") return this.#list(before, after) ?? this.#anew(before, after);
    return this.#anew(before, after);
  }

  #anew(before: TreeNode, after: TreeNode): Patch[] | undefined {
    if (before.span === undefined) return undefined;
    return [{ ...before.span, text: emitJson(this.#seal(after), this.#padOf(before.span.start), this.#indent) }];
  }

  #map(before: MapNode, after: MapNode): Patch[] | undefined {
    const old = entriesOf(before);
    const now = entriesOf(after);
    const kept = old.filter(({ key }) => now.some((entry) => entry.key === key));
    const added = now.filter(({ key }) => !old.some((entry) => entry.key === key));
    // Entries that changed places, and keys that occur twice, cannot be told apart from a rewrite.
    if (kept.length + added.length !== now.length) return undefined;
    if ([...kept, ...added].some(({ key }, index) => key !== now[index]?.key)) return undefined;
    const pairs = kept.map((entry, index) => [entry, now[index]] as const);
    return this.#items(old, new Set<Item>(kept), pairs, added);
  }

  #list(before: ListNode, after: ListNode): Patch[] | undefined {
    const old = elementsOf(before);
    const now = elementsOf(after);
    const same = (a: ElementItem | undefined, b: ElementItem | undefined) =>
      a !== undefined && b !== undefined && sameTree(a.value, b.value, false);
    let head = 0;
    while (same(old[head], now[head])) head += 1;
    const gone = old.length - now.length;
    if (gone > 0) {
      if (!old.slice(head + gone).every((element, index) => same(element, now[head + index]))) return undefined;
      const kept = old.filter((_, index) => index < head || index >= head + gone);
      return this.#items(old, new Set<Item>(kept), [], []);
    }
    const pairs = old.map((element, index) => [element, now[index]] as const);
    return this.#items(old, new Set<Item>(old), pairs, now.slice(old.length));
  }

  #items(
    old: readonly Item[],
    kept: ReadonlySet<Item>,
    pairs: readonly (readonly [Item, Item | undefined])[],
    added: readonly Item[],
  ): Patch[] | undefined {
    if (kept.size === 0 && (old.length > 0 || added.length > 0)) return undefined;
    const patches: Patch[] = [];
    for (const [before, after] of pairs) {
      const inner = after && this.node(before.value, after.value);
      if (inner === undefined) return undefined;
      patches.push(...inner);
    }
    const firstKept = old.findIndex((item) => kept.has(item));
    for (const [index, item] of old.entries()) {
      if (kept.has(item)) continue;
      // A comma goes with each: the one behind, for items before the first that stays.
      const [from, to] = index < firstKept ? [start(item), start(old[index + 1])] : [end(old[index - 1]), end(item)];
      patches.push({ start: from, end: to, text: "" });
    }
    const last = old.findLast((item) => kept.has(item));
    if (last === undefined || added.length === 0) return patches;
    const line = lineStart(this.#text, start(last));
    const lead = /^[ \t]*/.exec(this.#text.slice(line, start(last)))?.[0] ?? "";
    const separator = line + lead.length === start(last) && line > 0 ? `,\n${lead}` : ", ";
    const text = added.map((item) => separator + this.#emit(item, lead)).join("");
    const at = end(old.at(-1));
    patches.push({ start: at, end: at, text });
    return patches;
  }

  #emit(item: Item, pad: string): string {
    const value = emitJson(this.#seal(item.value), pad, this.#indent);
    return item.kind === "entry" ? `${quoteJson(item.key)}: ${value}` : value;
  }

  #padOf(offset: number): string {
    return /^[ \t]*/.exec(this.#text.slice(lineStart(this.#text, offset), offset))?.[0] ?? "";
  }
}

function start(item: Item | undefined): number {
  return (item?.kind === "entry" ? item.keySpan?.start : item?.value.span?.start) ?? 0;
}

function end(item: Item | undefined): number {
  return item?.value.span?.end ?? 0;
}
