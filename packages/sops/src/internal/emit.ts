import { isEnvelope } from "./envelope.ts";
import { resolvePlain } from "./go-scalar.ts";
import { formatFloat, type Scalar } from "./scalar.ts";
import type { ListNode, MapNode, TreeNode } from "./tree.ts";

/** Words and numbers of YAML 1.1 that other readers would take for a boolean or a base-60 number. */
const YAML_1_1 = /^(?:y|n|yes|no|on|off|~|=|<<)$|^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?$|^[-+]?[\d.][\d_.]*(?:e\d+)?$/i;
/** Plain in block context: no indicator in front, no `: ` or ` #` inside, letters and marks that every reader takes. */
const PLAIN =
  /^(?![-?:](?:\s|$))(?!---|\.\.\.)[\p{L}\p{N}_./$(+?:\-^~;<=\\][\p{L}\p{N}_./$()+?:\-^~;<=\\@%*&!|>'"`, [\]{}#]*$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what a YAML literal block must not hold
const NOT_LITERAL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ud800-\udfff]/;
const ESCAPED = /[\u007f-\u00a0\u2028\u2029\ufeff]/g;

export interface ScalarContext {
  readonly flow?: boolean | undefined;
  /** Column for the lines of a `|` block; without it the scalar stays on one line. */
  readonly blockIndent?: number | undefined;
}

/** One scalar as YAML that SOPS, YAML 1.1 and YAML 1.2 readers read alike, and with the same type. */
export function emitScalar(scalar: Scalar, context: ScalarContext = {}): string {
  switch (scalar.type) {
    case "null":
      return "null";
    case "int":
      return scalar.value.toString();
    case "bool":
      return String(scalar.value);
    case "time":
      return scalar.value;
    case "float":
      return emitFloat(scalar.value);
    case "str":
      return emitString(scalar.value, context);
  }
}

/** Between double quotes, on one line. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A tree as block-style YAML, each line ending in a line break; an empty root gives the empty string. */
export function emitTree(root: MapNode, indent = 2): string {
  return emitItems(root, 0, indent, "").join("");
}

/** The items of a collection, one string per item, starting at a column. `first` replaces the first line's indent. */
export function emitItems(node: MapNode | ListNode, column: number, indent: number, first?: string): string[] {
  const pad = " ".repeat(column);
  return node.items.map((item, index) => {
    const lead = index === 0 && first !== undefined ? first : pad;
    if (item.kind === "comment") return `${lead}#${item.text}\n`;
    if (item.kind === "entry") return `${lead}${emitKey(item.key)}:${emitValue(item.value, column, indent, "entry")}`;
    return `${lead}-${emitValue(item.value, column, indent, "element")}`;
  });
}

/** What follows `key:` or `-`, up to and including the line break. */
export function emitValue(node: TreeNode, column: number, indent: number, after: "entry" | "element"): string {
  const inner = column + (after === "element" ? 2 : indent);
  if (node.kind === "leaf") return ` ${emitScalar(node.scalar, { blockIndent: inner })}\n`.replace(/\n\n$/, "\n");
  if (!node.items.some((item) => item.kind !== "comment")) {
    const comments = emitItems(node, inner, indent).join("");
    return ` ${node.kind === "map" ? "{}" : "[]"}\n${comments}`;
  }
  if (after === "element" && node.items[0]?.kind !== "comment") return emitItems(node, inner, indent, " ").join("");
  return `\n${emitItems(node, inner, indent).join("")}`;
}

export function emitKey(key: string): string {
  return emitString(key, {});
}

function emitString(text: string, { flow, blockIndent }: ScalarContext): string {
  if (isPlain(text) && (flow !== true || !/[,[\]{}]/.test(text))) return text;
  if (blockIndent !== undefined && flow !== true && isLiteral(text)) return literal(text, blockIndent);
  return quote(text);
}

function isPlain(text: string): boolean {
  if (isEnvelope(text) && !text.includes("\n")) return true;
  if (!PLAIN.test(text) || YAML_1_1.test(text)) return false;
  if (text.endsWith(":") || text.endsWith(" ") || text.includes(": ") || text.includes(" #")) return false;
  try {
    return resolvePlain(text).type === "str";
  } catch {
    return false;
  }
}

/** A literal block keeps the text exactly unless a line starts or ends it in a way that YAML would eat. */
function isLiteral(text: string): boolean {
  if (!text.includes("\n") || NOT_LITERAL.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ""))) return false;
  return /^\S/.test(text) && !/[ \t](?:\n|$)/.test(text) && !/\n\n$/.test(text);
}

function literal(text: string, column: number): string {
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  const pad = " ".repeat(column);
  const lines = body.split("\n").map((line) => (line === "" ? "" : pad + line));
  return `${text.endsWith("\n") ? "|" : "|-"}\n${lines.join("\n")}`;
}

function emitFloat(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  const text = formatFloat(value);
  // Without a fraction it would be read as an integer.
  return text.includes(".") ? text : `${text}.0`;
}
