import { type Document, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import { NULL, type Scalar, str } from "../internal/scalar.ts";
import type { LeafNode, ListNode, MapNode, TreeNode } from "../internal/tree.ts";
import { TEMPLATED } from "./placeholder.ts";

/** Aliases may multiply a document; what lies beyond is not looked at. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 2000;

/**
 * The mappings of a plain YAML or JSON text, read as generously as Kubernetes' own tools read it: duplicate keys, keys
 * that are no strings, tags. Templates are read with a mark in the place of each `{{ … }}`, documents that still cannot
 * be read are left out.
 */
export function plainDocuments(text: string): MapNode[] {
  if (tooDeep(text)) return [];
  const whole = parse(text);
  if (whole !== undefined) return whole;
  const readable = /\{[{%]/.test(text) ? withoutTemplates(text) : text;
  const starts = [0, ...[...readable.matchAll(/^---(?=\s)/gm)].map(({ index }) => index)];
  return starts.flatMap((start, index) => parse(readable.slice(start, starts[index + 1]), start) ?? []);
}

/** Of the same length, line by line: lines that hold only control structures are blank. */
function withoutTemplates(text: string): string {
  return text
    .replace(/\{#[\s\S]*?#\}|\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}/g, blank)
    .replace(/^[ \t]*(?:\{\{[^{}]*\}\}|\{%.*?%\})[ \t]*$/gm, blank)
    .replace(/\{\{.*?\}\}|\{%.*?%\}/g, (part) => TEMPLATED.repeat(part.length));
}

function blank(part: string): string {
  return part.replace(/[^\n]/g, " ");
}

/** Deeper than anything reads; the parser would take minutes, or all of the stack. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** `offset` is where the text begins in the file. */
function parse(text: string, offset = 0): MapNode[] | undefined {
  const parsed = parseAllDocuments(text, {
    schema: "core",
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
    stringKeys: false,
  });
  if (!Array.isArray(parsed)) return [];
  if (parsed.some(({ errors }) => errors.length > 0)) return undefined;
  return parsed.flatMap((document) => {
    const node = convert(document.contents, document, { left: MAX_NODES, open: new Set(), offset });
    return node.kind === "map" ? [node] : [];
  });
}

interface Budget {
  left: number;
  readonly open: Set<unknown>;
  readonly offset: number;
}

function convert(node: unknown, document: Document.Parsed, budget: Budget): TreeNode {
  budget.left -= 1;
  if (budget.left < 0) return leaf(NULL, undefined, 0);
  if (isAlias(node)) {
    const target = node.resolve(document);
    return target === undefined || budget.open.has(target)
      ? leaf(NULL, node, budget.offset)
      : convert(target, document, budget);
  }
  if (isScalar(node)) return leaf(scalarOf(node.value), node, budget.offset);
  if (!isMap(node) && !isSeq(node)) return leaf(NULL, undefined, 0);
  budget.open.add(node);
  const items = isMap(node)
    ? node.items.map(({ key, value }): MapNode["items"][number] => ({
        kind: "entry",
        key: isScalar(key) ? String(key.value) : "",
        keySpan: spanOf(key, budget.offset),
        value: convert(value, document, budget),
      }))
    : node.items.map((value): ListNode["items"][number] => ({
        kind: "element",
        value: convert(value, document, budget),
      }));
  budget.open.delete(node);
  return { kind: isMap(node) ? "map" : "list", items, span: spanOf(node, budget.offset) } as TreeNode;
}

function leaf(scalar: Scalar, node: unknown, offset: number): LeafNode {
  return { kind: "leaf", scalar, span: spanOf(node, offset) };
}

function scalarOf(value: unknown): Scalar {
  if (value === null || value === undefined) return NULL;
  if (typeof value === "boolean") return { type: "bool", value };
  return typeof value === "number" ? { type: "float", value } : str(String(value));
}

function spanOf(node: unknown, offset: number): { start: number; end: number } | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  return { start: Number(node.range[0]) + offset, end: Number(node.range[1]) + offset };
}
