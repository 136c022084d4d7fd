import { resolvePlain, UnsignedTooLarge } from "./go-scalar.ts";
import type { ParsedDocument } from "./parse-yaml.ts";
import { str } from "./scalar.ts";
import type { ElementItem, EntryItem, LeafNode, ListNode, MapNode, Span } from "./tree.ts";

/** Anything else but printable ASCII in lines: tabs, other line ends, letters that need care. */
const OTHER = /[^\n\x20-\x7e]/;
const ENTRY = /([A-Za-z_][\w./-]*):(?: ([^ \n][^\n]*))?\n/y;
const PLAIN = /^(?:[A-Za-z0-9_./(^$=<;~+\\]|-[A-Za-z0-9_.])(?:[^:#]|:(?=[^ ])|(?<! )#)*(?<! )$/;
const QUOTED = /^(?:"[^"\\]*"|'[^']*')/;
const BLOCK = /^\|([-+]?)$/;
const MAX_DEPTH = 50;
const MAX_KEY = 200;
const MAX_LENGTH = 10_000_000;

class NotSimple extends Error {}

export interface SimpleYaml {
  /** Without its comments. */
  readonly document: ParsedDocument;
  /** Each without its `#`. */
  readonly comments: readonly Span[];
}

/**
 * Reads what nearly every SOPS file is made of, in a tenth of the time of a whole YAML parser: one document of block
 * mappings and lists whose values end on their line or are `|` blocks, without anchors, tags and escapes.
 *
 * @returns What `parseAnyYaml` gives for the same text, and undefined for any other text, whether valid or not.
 */
export function parseSimpleYaml(text: string): SimpleYaml | undefined {
  if (text.length > MAX_LENGTH || !text.endsWith("\n") || OTHER.test(text)) return undefined;
  const parser = new SimpleParser(text);
  try {
    return { document: { root: parser.document(), end: text.length, rewrite: false }, comments: parser.comments };
  } catch (error) {
    if (error instanceof NotSimple || error instanceof UnsignedTooLarge) return undefined;
    throw error;
  }
}

class SimpleParser {
  readonly comments: Span[] = [];
  readonly #text: string;
  /** Start of the current line, its first character that is no space, and the column of that; -1 at the end. */
  #line = 0;
  #at = 0;
  #column = -1;
  /** Where the line of the last value ends: collections end there, before comments and empty lines. */
  #end = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): MapNode {
    this.#goTo(0);
    if (this.#column !== 0) throw new NotSimple();
    const root = this.#map(0);
    if (this.#line < this.#text.length) throw new NotSimple();
    return root;
  }

  /** To the next line that holds more than a comment. Only comments that stand right above such a line are simple. */
  #goTo(line: number): void {
    this.#end = line;
    this.#enter(line);
    const text = this.#text;
    let column: number | undefined;
    for (;;) {
      const char = text[this.#at];
      if (char !== "#" && char !== "\n") break;
      const end = text.indexOf("\n", this.#at);
      if (char === "\n" ? this.#column > 0 : this.#column !== (column ?? this.#column)) throw new NotSimple();
      if (char === "#") {
        this.comments.push({ start: this.#at + 1, end });
        column = this.#column;
      }
      this.#enter(end + 1);
    }
    if (column !== undefined && column !== Math.max(this.#column, 0)) throw new NotSimple();
  }

  #enter(line: number): void {
    let at = line;
    while (this.#text.charCodeAt(at) === 32) at += 1;
    this.#line = line;
    this.#at = at;
    this.#column = line === this.#text.length ? -1 : at - line;
  }

  #isDash(): boolean {
    return this.#text.startsWith("- ", this.#at);
  }

  #map(column: number): MapNode {
    const start = this.#at;
    const items: EntryItem[] = [];
    const keys = new Set<string>();
    do {
      ENTRY.lastIndex = this.#at;
      const match = ENTRY.exec(this.#text);
      const key = match?.[1];
      if (match === null || key === undefined || key.length > MAX_KEY || keys.has(key)) throw new NotSimple();
      if (resolvePlain(key).type !== "str") throw new NotSimple();
      keys.add(key);
      const keySpan = { start: this.#at, end: this.#at + key.length };
      const next = ENTRY.lastIndex;
      const value = match[2];
      if (value === undefined) {
        this.#goTo(next);
        items.push({ kind: "entry", key, keySpan, value: this.#collection(column) });
      } else {
        const leaf = this.#leaf(value, next - 1 - value.length, column);
        items.push({ kind: "entry", key, keySpan, value: leaf });
      }
    } while (this.#column === column && !this.#isDash());
    if (this.#column > column) throw new NotSimple();
    return { kind: "map", items, span: { start, end: this.#end }, flow: false };
  }

  /** What stands below a key: further right, or a list at the same column. */
  #collection(column: number): MapNode | ListNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new NotSimple();
    const dash = this.#isDash();
    if (this.#column < column || (this.#column === column && !dash)) throw new NotSimple();
    const found = dash ? this.#list(this.#column) : this.#map(this.#column);
    this.#depth -= 1;
    return found;
  }

  #list(column: number): ListNode {
    const start = this.#at;
    const items: ElementItem[] = [];
    do {
      const dash = this.#at;
      const from = dash + 2;
      ENTRY.lastIndex = from;
      if (ENTRY.test(this.#text)) {
        this.#at = from;
        this.#column = column + 2;
        items.push({ kind: "element", start: dash, value: this.#map(column + 2) });
      } else {
        const end = this.#text.indexOf("\n", from);
        items.push({ kind: "element", start: dash, value: this.#leaf(this.#text.slice(from, end), from, column) });
      }
    } while (this.#column === column && this.#isDash());
    if (this.#column > column) throw new NotSimple();
    return { kind: "list", items, span: { start, end: this.#end }, flow: false };
  }

  /** What stands at an offset up to the end of its line; `column` is that of the collection it is in. */
  #leaf(rest: string, start: number, column: number): LeafNode {
    if (rest.startsWith("|")) return this.#block(rest, start, column);
    const source = QUOTED.exec(rest)?.[0] ?? plainPart(rest);
    const end = start + source.length;
    this.#inlineComment(rest.slice(source.length), end);
    this.#goTo(start + rest.length + 1);
    const scalar = /^["']/.test(source) ? str(source.slice(1, -1)) : resolvePlain(source);
    return { kind: "leaf", scalar, span: { start, end }, flow: false, block: false };
  }

  #inlineComment(after: string, start: number): void {
    const hash = after.indexOf("#");
    if (after === "") return;
    if (hash < 1 || after.slice(0, hash).trim() !== "") throw new NotSimple();
    this.comments.push({ start: start + hash + 1, end: start + after.length });
  }

  #block(header: string, start: number, column: number): LeafNode {
    if (!BLOCK.test(header)) throw new NotSimple();
    const text = this.#text;
    this.#enter(start + header.length + 1);
    const indent = this.#column;
    if (indent <= column || text[this.#at] === "\n") throw new NotSimple();
    const lines: string[] = [];
    let [end, empty] = [this.#line, 0];
    for (;;) {
      const lineEnd = text.indexOf("\n", this.#at);
      if (this.#column >= indent && lineEnd > this.#at) {
        for (; empty > 0; empty -= 1) lines.push("");
        lines.push(text.slice(this.#line + indent, lineEnd));
        end = lineEnd + 1;
      } else if (this.#column === 0 && lineEnd === this.#at) {
        empty += 1;
      } else if (lineEnd === this.#at) {
        throw new NotSimple();
      } else break;
      this.#enter(lineEnd + 1);
    }
    if (empty > 0 && header === "|+") throw new NotSimple();
    this.#goTo(end);
    const value = lines.join("\n") + (header === "|-" ? "" : "\n");
    return { kind: "leaf", scalar: str(value), span: { start, end }, flow: false, block: true };
  }
}

function plainPart(rest: string): string {
  const hash = rest.indexOf(" #");
  const source = (hash === -1 ? rest : rest.slice(0, hash)).trimEnd();
  if (!PLAIN.test(source)) throw new NotSimple();
  return source;
}
