import { SopsError } from "../errors.ts";
import { isInt64 } from "../internal/go-scalar.ts";
import { positionAt } from "../internal/position.ts";
import { NULL, type Scalar, str } from "../internal/scalar.ts";
import type { ElementItem, EntryItem, MapNode, TreeNode } from "../internal/tree.ts";

/** Deeper documents are nobody's secrets; recursion stays within the stack. */
const MAX_DEPTH = 500;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings
const CONTROL = /[\u0000-\u001f]/;
const WORDS: readonly (readonly [string, Scalar])[] = [
  ["true", { type: "bool", value: true }],
  ["false", { type: "bool", value: false }],
  ["null", NULL],
];

/**
 * JSON as SOPS sees it: keys in order and with their positions, integers of 64 bits exact. Go's reading, too: a
 * surrogate without its other half becomes U+FFFD.
 */
export class JsonParser {
  readonly #text: string;
  readonly #file: string | undefined;
  #at = 0;

  constructor(text: string, file?: string) {
    this.#text = text;
    this.#file = file;
  }

  document(): MapNode {
    this.#space();
    if (this.#text[this.#at] !== "{") throw this.#invalid("a SOPS document is an object at the top");
    const root = this.#object(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#invalid("there is text after the object");
    return root;
  }

  #value(depth: number): TreeNode {
    if (depth > MAX_DEPTH) throw this.#invalid("too deeply nested");
    const start = this.#at;
    switch (this.#text[start]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"': {
        const value = this.#string();
        return { kind: "leaf", scalar: str(value), span: { start, end: this.#at } };
      }
    }
    const scalar = this.#word() ?? this.#number();
    return { kind: "leaf", scalar, span: { start, end: this.#at } };
  }

  #object(depth: number): MapNode {
    const start = this.#at;
    const items: EntryItem[] = [];
    this.#list("}", () => {
      const from = this.#at;
      if (this.#text[from] !== '"') throw this.#invalid("a key is missing");
      const key = this.#string();
      const keySpan = { start: from, end: this.#at };
      this.#space();
      this.#take(":");
      this.#space();
      items.push({ kind: "entry", key, keySpan, value: this.#value(depth + 1) });
    });
    return { kind: "map", items, span: { start, end: this.#at } };
  }

  #array(depth: number): TreeNode {
    const start = this.#at;
    const items: ElementItem[] = [];
    this.#list("]", () => items.push({ kind: "element", value: this.#value(depth + 1) }));
    return { kind: "list", items, span: { start, end: this.#at } };
  }

  #list(close: string, item: () => void): void {
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] !== close) {
      for (;;) {
        item();
        this.#space();
        if (this.#text[this.#at] !== ",") break;
        this.#at += 1;
        this.#space();
      }
    }
    this.#take(close);
  }

  #string(): string {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (end !== -1 && this.#escaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end === -1) throw this.#invalid("a string does not end");
    this.#at = end + 1;
    const raw = this.#text.slice(start + 1, end);
    // In the envelope of a large file the decoder of base64 finds them without one more pass.
    const decoded = raw.length > 1_000_000 && raw.startsWith("ENC[AES256_GCM,");
    if (!decoded && CONTROL.test(raw)) throw this.#invalid("a string holds a control character");
    if (!raw.includes("\\")) return raw;
    try {
      const value: unknown = JSON.parse(`"${raw}"`);
      return String(value).toWellFormed();
    } catch {
      throw this.#invalid("a string holds an escape JSON does not know");
    }
  }

  #escaped(quote: number): boolean {
    let back = quote;
    while (this.#text[back - 1] === "\\") back -= 1;
    return (quote - back) % 2 === 1;
  }

  #word(): Scalar | undefined {
    const found = WORDS.find(([word]) => this.#text.startsWith(word, this.#at));
    this.#at += found?.[0].length ?? 0;
    return found?.[1];
  }

  #number(): Scalar {
    NUMBER.lastIndex = this.#at;
    const source = NUMBER.exec(this.#text)?.[0];
    if (source === undefined) throw this.#invalid("a value is missing");
    this.#at += source.length;
    if (/^-?\d+$/.test(source) && isInt64(BigInt(source))) return { type: "int", value: BigInt(source) };
    const value = Number(source);
    if (!Number.isFinite(value)) throw this.#invalid("a number is out of range");
    return { type: "float", value };
  }

  #take(char: string): void {
    if (this.#text[this.#at] !== char) throw this.#invalid(`${char} is missing`);
    this.#at += 1;
  }

  #space(): void {
    while (/^[ \t\r\n]$/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #invalid(what: string): SopsError {
    const where = { file: this.#file, ...positionAt(this.#text, this.#at) };
    return new SopsError("invalid-json", `not a JSON document of SOPS: ${what}`, where);
  }
}
