import { SopsError } from "../errors.ts";
import { sameTree } from "../internal/compare-trees.ts";
import type { Patch } from "../internal/patch.ts";
import { lineEnd, lineStart, positionAt } from "../internal/position.ts";
import { type Scalar, str } from "../internal/scalar.ts";
import {
  type CommentItem,
  type EntryItem,
  entriesOf,
  type LeafNode,
  type MapNode,
  type TreeNode,
  walkTree,
} from "../internal/tree.ts";
import { flatScalar, unsupported } from "./flat-scalar.ts";
import { flatten, unflatten } from "./flatten.ts";
import type { Store } from "./store.ts";

const PREFIX = "sops_";

/**
 * dotenv as sops reads it: one value per line, `#` only in the first column, the key is all before the first `=` and the
 * value all after it, quotes and spaces included. `\n` stands for a line break and nothing else is escaped.
 */
export const dotenvStore: Store = {
  format: "dotenv",
  inPlace: true,
  parse(text, file) {
    const items: MapNode["items"] = [];
    for (let start = 0; start < text.length; ) {
      const after = lineEnd(text, start);
      const end = text[after - 1] === "\n" ? after - 1 : after;
      if (end > start) items.push(parseLine(text, start, end, file));
      start = after;
    }
    return { text, documents: [{ root: { kind: "map", items }, end: text.length, rewrite: false }] };
  },
  split(root, text, file) {
    const own = entriesOf(root).filter(({ key }) => key.startsWith(PREFIX));
    const [first] = own;
    if (first?.keySpan === undefined) return { root, block: undefined };
    const bare = own.map((entry) => ({ ...entry, key: entry.key.slice(PREFIX.length) }));
    const value = unflatten(bare, { file, ...positionAt(text, first.keySpan.start) });
    const items = root.items.filter((item) => item.kind === "comment" || !item.key.startsWith(PREFIX));
    return { root: { ...root, items }, block: { kind: "entry", key: "sops", keySpan: first.keySpan, value } };
  },
  leaf: escaped,
  emit(root, metadata) {
    const lines = root.items.map((item) => (item.kind === "comment" ? `#${item.text}\n` : line(item)));
    return lines.join("") + (metadata === undefined ? "" : metadataLines(metadata));
  },
  addMetadata(text, _root, metadata) {
    const end = text.length;
    const gap = text === "" || text.endsWith("\n") ? "" : "\n";
    return { start: end, end, text: gap + metadataLines(metadata) };
  },
  dropMetadata(text, _root, block) {
    const patches: Patch[] = [];
    const leaf = ({ span }: LeafNode): void => {
      if (span !== undefined) patches.push({ ...wholeLine(text, span.start), text: "" });
    };
    if (block.value.kind === "map") walkTree(block.value, { leaf, comment: () => undefined });
    return patches;
  },
  diff(text, before, after, seal) {
    const old = entriesOf(before);
    const now = entriesOf(after);
    const kept = old.filter(({ key }) => now.some((entry) => entry.key === key));
    const added = now.filter(({ key }) => !old.some((entry) => entry.key === key));
    if ([...kept, ...added].some(({ key }, index) => key !== now[index]?.key)) return undefined;
    if (kept.length + added.length !== now.length) return undefined;
    const patches = old
      .filter((entry) => !kept.includes(entry))
      .map((entry) => ({ ...wholeLine(text, entry.keySpan?.start ?? 0), text: "" }));
    for (const [index, entry] of kept.entries()) {
      const next = now[index];
      const span = entry.value.span;
      if (next === undefined || span === undefined) return undefined;
      if (!sameTree(entry.value, next.value, false)) patches.push({ ...span, text: value(seal(next.value), next.key) });
    }
    const lines = added.map((entry) => line({ ...entry, value: seal(entry.value) })).join("");
    const start = old.at(-1)?.keySpan?.start;
    const at = start === undefined ? 0 : lineEnd(text, start);
    return lines === "" ? patches : [...patches, { start: at, end: at, text: lines }];
  },
};

function parseLine(text: string, start: number, end: number, file: string | undefined): EntryItem | CommentItem {
  if (text[start] === "#") {
    return { kind: "comment", text: text.slice(start + 1, end), span: { start: start + 1, end } };
  }
  const equals = text.indexOf("=", start);
  if (equals === -1 || equals >= end) {
    throw new SopsError("invalid-dotenv", "a line has no =", { file, ...positionAt(text, start) });
  }
  const source = text.slice(equals + 1, end);
  return {
    kind: "entry",
    key: text.slice(start, equals),
    keySpan: { start, end: equals },
    value: { kind: "leaf", scalar: str(source.replaceAll("\\n", "\n")), span: { start: equals + 1, end } },
  };
}

function escaped(scalar: Scalar, path: readonly (string | number)[]): string {
  const text = flatScalar(scalar, path);
  if (text.includes("\\n")) throw unsupported("a backslash before an n: it would become a line break", path);
  return text.replaceAll("\n", "\\n");
}

function value(node: TreeNode, key: string): string {
  if (node.kind !== "leaf") throw unsupported("nested values", [key]);
  return escaped(node.scalar, [key]);
}

function line({ key, value: node }: EntryItem): string {
  if (key.startsWith(PREFIX)) {
    throw new SopsError("reserved-key", `keys that begin with ${PREFIX} are reserved for SOPS itself`);
  }
  if (key.startsWith("#") || /[=\n]/.test(key)) throw unsupported("such a key", [key]);
  return `${key}=${value(node, key)}\n`;
}

function metadataLines(metadata: MapNode): string {
  return flatten(metadata)
    .map(({ key, leaf }) => `${PREFIX}${key}=${escaped(leaf.scalar, [key])}\n`)
    .join("");
}

function wholeLine(text: string, offset: number): { start: number; end: number } {
  return { start: lineStart(text, offset), end: lineEnd(text, offset) };
}
