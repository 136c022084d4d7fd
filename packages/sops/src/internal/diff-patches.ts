import { sameTree } from "./compare-trees.ts";
import { emitItems, emitScalar, emitValue } from "./emit.ts";
import type { Patch } from "./patch.ts";
import { columnAt, lineEnd, lineStart } from "./position.ts";
import {
  type ElementItem,
  type EntryItem,
  elementsOf,
  entriesOf,
  type LeafNode,
  type ListNode,
  type MapNode,
  type TreeNode,
} from "./tree.ts";

/** Turns plain subtrees into what the file holds: envelopes where the rule selects. */
export interface Seal {
  node(node: TreeNode): TreeNode;
  items<T extends EntryItem | ElementItem>(items: readonly T[]): T[];
}

/**
 * Patches that turn the text of `before` into one that holds `after`, touching only lines of values that differ.
 * Undefined when the layout does not allow it; the caller then writes a larger part anew.
 */
export class DiffPatches {
  readonly #text: string;
  readonly #indent: number;
  readonly #seal: Seal;

  constructor(text: string, indent: number, seal: Seal) {
    this.#text = text;
    this.#indent = indent;
    this.#seal = seal;
  }

  /** `insertAt`: where the first entry of an empty root goes. */
  root(before: MapNode, after: MapNode, insertAt: number): Patch[] | undefined {
    if (entriesOf(before).length > 0) return this.#map(before, after);
    const items = this.#seal.items(entriesOf(after));
    const text = emitItems({ kind: "map", items }, 0, this.#indent).join("");
    return text === "" ? [] : [{ start: insertAt, end: insertAt, text }];
  }

  #node(before: TreeNode, after: TreeNode): Patch[] | undefined {
    if (sameTree(before, after, false)) return [];
    if (before.kind === "leaf" && after.kind === "leaf") return this.#leaf(before, after);
    if (before.kind === "map" && after.kind === "map") return this.#map(before, after);
    if (before.kind === "list" && after.kind === "list") return this.#list(before, after);
    return undefined;
  }

  #leaf(before: LeafNode, after: LeafNode): Patch[] | undefined {
    const { span } = before;
    if (span === undefined || before.block === true || span.start === span.end) return undefined;
    const sealed = this.#seal.node(after);
    if (sealed.kind !== "leaf") return undefined;
    return [{ ...span, text: emitScalar(sealed.scalar, { flow: before.flow }) }];
  }

  #map(before: MapNode, after: MapNode): Patch[] | undefined {
    const old = entriesOf(before);
    const now = new Map(entriesOf(after).map((entry) => [entry.key, entry]));
    const kept = old.filter((entry) => now.has(entry.key));
    const added = [...now.values()].filter((entry) => !old.some(({ key }) => key === entry.key));
    const order = entriesOf(after).map(({ key }) => key);
    // Entries that changed places cannot be told apart from a rewrite.
    if ([...kept, ...added].some(({ key }, index) => key !== order[index])) return undefined;
    const changes = kept.flatMap((entry) => {
      const next = now.get(entry.key);
      return next === undefined ? [] : [this.#node(entry.value, next.value) ?? this.#replace(entry, next)];
    });
    const structural = old.length !== kept.length || added.length > 0;
    if (structural && (before.flow === true || now.size === 0)) return undefined;
    const removals = old.filter((entry) => !now.has(entry.key)).map((entry) => this.#remove(entry));
    return flatten([...changes, ...removals, added.length === 0 ? [] : this.#append(old, added)]);
  }

  #list(before: ListNode, after: ListNode): Patch[] | undefined {
    const old = elementsOf(before);
    const now = elementsOf(after);
    let head = 0;
    while (head < old.length && head < now.length && this.#same(old[head], now[head])) head += 1;
    let tail = 0;
    const room = Math.min(old.length, now.length) - head;
    while (tail < room && this.#same(old.at(-1 - tail), now.at(-1 - tail))) tail += 1;
    const gone = old.slice(head, old.length - tail);
    const come = now.slice(head, now.length - tail);
    const paired = Math.min(gone.length, come.length);
    if (gone.length !== come.length && (before.flow === true || now.length === 0 || old.length === 0)) return undefined;
    const changes = gone.slice(0, paired).map((element, index) => {
      const next = come[index];
      return next === undefined ? [] : (this.#node(element.value, next.value) ?? this.#replace(element, next));
    });
    const removals = gone.slice(paired).map((element) => this.#remove(element));
    const added = come.slice(paired);
    if (added.length === 0) return flatten([...changes, ...removals]);
    const prior = old.slice(0, head + paired);
    return flatten([...changes, prior.length > 0 ? this.#append(prior, added) : this.#prepend(old, added)]);
  }

  #same(a: ElementItem | undefined, b: ElementItem | undefined): boolean {
    return a !== undefined && b !== undefined && sameTree(a.value, b.value, false);
  }

  /** Writes the value of one entry or element anew, in block style. */
  #replace(before: EntryItem | ElementItem, after: EntryItem | ElementItem): Patch[] | undefined {
    const start = startOf(before);
    if (start === undefined || before.value.span === undefined) return undefined;
    const from = this.#afterIndicator(before, start);
    if (from === undefined) return undefined;
    const end = this.#linesEnd(before.value);
    const comment = before.value.kind === "leaf" ? this.#commentAfter(before.value) : "";
    const after_ = this.#seal.node(after.value);
    const value = emitValue(after_, columnAt(this.#text, start), this.#indent, before.kind);
    const multiline = value.trimEnd().includes("\n");
    if (comment !== "" && multiline && after_.kind === "leaf") return undefined;
    const text = comment === "" ? value : multiline ? ` ${comment}${value}` : `${value.trimEnd()} ${comment}\n`;
    return [{ start: from, end, text }];
  }

  #remove(item: EntryItem | ElementItem): Patch[] | undefined {
    const start = startOf(item);
    if (start === undefined || !this.#startsLine(start)) return undefined;
    const { value } = item;
    const end =
      value.kind === "leaf" ? this.#linesEnd(value, this.#afterIndicator(item, start)) : this.#below(item, start);
    return [{ start: lineStart(this.#text, start), end, text: "" }];
  }

  #append(old: readonly (EntryItem | ElementItem)[], added: readonly (EntryItem | ElementItem)[]): Patch[] | undefined {
    const last = old.at(-1);
    const start = last && startOf(last);
    if (last === undefined || start === undefined) return undefined;
    const at = this.#below(last, start);
    return this.#text[at - 1] === "\n" ? this.#insert(at, columnAt(this.#text, start), added) : undefined;
  }

  #prepend(old: readonly ElementItem[], added: readonly ElementItem[]): Patch[] | undefined {
    const start = old[0]?.start;
    if (start === undefined || !this.#startsLine(start)) return undefined;
    return this.#insert(lineStart(this.#text, start), columnAt(this.#text, start), added);
  }

  #insert(at: number, column: number, added: readonly (EntryItem | ElementItem)[]): Patch[] {
    const items = this.#seal.items(added);
    const node = { kind: "map", items } as unknown as MapNode;
    return [{ start: at, end: at, text: emitItems(node, column, this.#indent).join("") }];
  }

  #startsLine(offset: number): boolean {
    return this.#text.slice(lineStart(this.#text, offset), offset).trim() === "";
  }

  /** Offset after the colon of a key or after the dash of an element. */
  #afterIndicator(item: EntryItem | ElementItem, start: number): number | undefined {
    if (item.kind === "element") return start + 1;
    const end = item.keySpan?.end ?? start;
    const colon = /^[ \t]*:/.exec(this.#text.slice(end, end + 16));
    return colon === null ? undefined : end + colon[0].length;
  }

  /** After the comments that stand below the value of an entry or element and deeper than itself. */
  #below(item: EntryItem | ElementItem, start: number): number {
    let end = this.#linesEnd(item.value, this.#afterIndicator(item, start));
    const deeper = new RegExp(`(?:[ \\t]*\\r?\\n)* {${columnAt(this.#text, start) + 1},}#[^\\n]*\\n`, "y");
    deeper.lastIndex = end;
    while (deeper.test(this.#text)) end = deeper.lastIndex;
    return end;
  }

  /** After the line break of the last line a value occupies. */
  #linesEnd(value: TreeNode, fallback = 0): number {
    const end = contentEnd(value) ?? fallback;
    return end > 0 && this.#text[end - 1] === "\n" && value.kind !== "leaf" ? end : this.#lineAfter(value, end);
  }

  #lineAfter(value: TreeNode, end: number): number {
    return value.kind === "leaf" && value.block === true && this.#text[end - 1] === "\n"
      ? end
      : lineEnd(this.#text, end);
  }

  #commentAfter(leaf: LeafNode): string {
    if (leaf.span === undefined || leaf.block === true) return "";
    const rest = this.#text.slice(leaf.span.end, lineEnd(this.#text, leaf.span.end)).trim();
    return rest.startsWith("#") ? rest : "";
  }
}

function startOf(item: EntryItem | ElementItem): number | undefined {
  return item.kind === "entry" ? item.keySpan?.start : item.start;
}

/** Where the last value of a node ends; comments below it are not part of it. */
function contentEnd(node: TreeNode): number | undefined {
  if (node.kind === "leaf" || node.flow === true) return node.span?.end;
  const items: readonly { kind: string }[] = node.items;
  const last = items.findLast((item) => item.kind !== "comment") as EntryItem | ElementItem | undefined;
  return last === undefined ? node.span?.end : contentEnd(last.value);
}

function flatten(parts: readonly (Patch[] | undefined)[]): Patch[] | undefined {
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
}
