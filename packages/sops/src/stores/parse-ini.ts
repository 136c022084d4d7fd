import { SopsError } from "../errors.ts";
import { lineEnd, positionAt } from "../internal/position.ts";
import { str } from "../internal/scalar.ts";
import type { EntryItem, LeafNode, MapNode, Span } from "../internal/tree.ts";

/** What Go takes for white space; JavaScript's own set differs by two characters. */
const SPACE = "\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LEADING = new RegExp(`^[${SPACE}]+`);
const TRAILING = new RegExp(`[${SPACE}]+$`);
const DEFAULT = "DEFAULT";

export function trim(text: string): string {
  return text.replace(LEADING, "").replace(TRAILING, "");
}

/** INI as gopkg.in/ini.v1 reads it for sops: a comment belongs to the key below it and comes after it in the tree. */
export class IniParser {
  readonly #text: string;
  readonly #file: string | undefined;
  #at: number;
  #comment = "";

  constructor(text: string, file?: string) {
    this.#text = text;
    this.#file = file;
    this.#at = text.startsWith("\ufeff") ? 1 : 0;
  }

  document(): MapNode {
    const items: EntryItem[] = [];
    let section = add(items, DEFAULT);
    while (this.#at < this.#text.length) {
      const from = this.#at;
      const whole = this.#line();
      const line = whole.replace(LEADING, "");
      const start = from + whole.length - line.length;
      if (line === "") continue;
      if (/^[#;]/.test(line)) {
        this.#comment += line;
      } else if (line.startsWith("[")) {
        const close = line.lastIndexOf("]");
        if (close < 2) throw this.#invalid(close === -1 ? "a section does not end" : "a section without a name", start);
        section = add(items, line.slice(1, close), { start, end: start + close + 1 });
        this.#comment += /[#;][\s\S]*$/.exec(line.slice(close + 1))?.[0] ?? "";
        this.#place(section);
      } else {
        this.#key(section, line, start);
      }
    }
    return { kind: "map", items };
  }

  #line(): string {
    const start = this.#at;
    this.#at = lineEnd(this.#text, start);
    return this.#text.slice(start, this.#at);
  }

  #key(section: MapNode, line: string, start: number): void {
    const { name, offset } = this.#name(line, start);
    // An automatic number would become a comment in the file that sops writes.
    if (name === "" || name === "-") throw this.#invalid("a key without a name", start);
    const value = this.#value(line.slice(offset), start + offset);
    const known = section.items.findIndex((item) => item.kind === "entry" && item.key === name);
    const entry: EntryItem = { kind: "entry", key: name, keySpan: { start, end: start + offset - 1 }, value };
    if (known === -1) {
      section.items.push(entry);
      this.#place(section);
      return;
    }
    // The last value wins at the first one's place, and so does the comment.
    section.items.splice(known, section.items[known + 1]?.kind === "comment" ? 2 : 1, entry);
    this.#place(section, known + 1);
  }

  #place(section: MapNode, at = section.items.length): void {
    const text = trim(this.#comment);
    this.#comment = "";
    if (text === "") return;
    const bare = text.replace(text.startsWith(";") ? /^[; ]+/ : /^[# ]+/, "");
    section.items.splice(at, 0, { kind: "comment", text: bare });
  }

  #name(line: string, start: number): { name: string; offset: number } {
    const quote = /^(?:"""(?=[\s\S]{4})|"|`)/.exec(line)?.[0] ?? "";
    const close = quote === "" ? 0 : line.indexOf(quote, quote.length);
    if (close === -1) throw this.#invalid("a quoted key does not end", start);
    const rest = line.slice(quote === "" ? 0 : close + quote.length);
    const delimiter = rest.search(/[=:]/);
    if (delimiter === -1) throw this.#invalid("a line has no =", start);
    const offset = line.length - rest.length + delimiter + 1;
    return { name: trim(quote === "" ? rest.slice(0, delimiter) : line.slice(quote.length, close)), offset };
  }

  #value(source: string, start: number): LeafNode {
    const lead = LEADING.exec(source)?.[0].length ?? 0;
    const line = source.slice(lead);
    const leaf = (value: string, span?: Span): LeafNode => ({ kind: "leaf", scalar: str(value), span });
    if (line === "") return leaf("");
    const quote = line.length > 3 && line.startsWith('"""') ? '"""' : line.startsWith("`") ? "`" : "";
    if (quote !== "") {
      const close = line.lastIndexOf(quote);
      return leaf(
        close < quote.length ? this.#lines(line.slice(quote.length), quote) : line.slice(quote.length, close),
      );
    }
    const value = trim(line);
    if (value.endsWith("\\")) return leaf(this.#continued(value.slice(0, -1)));
    const hash = value.search(/[#;]/);
    if (hash !== -1) this.#comment += value.slice(hash);
    const bare = hash === -1 ? value : trim(value.slice(0, hash));
    const quoted = /^(?:'[^']*'|"[^"]*")$/.test(bare) && bare.length > 1;
    const span = { start: start + lead, end: start + lead + value.length };
    return quoted ? leaf(bare.slice(1, -1)) : leaf(bare, hash === -1 ? span : undefined);
  }

  #lines(first: string, quote: string): string {
    let value = first;
    while (this.#at < this.#text.length) {
      const from = this.#at;
      const next = this.#line();
      const close = next.lastIndexOf(quote);
      const ends = close !== -1 && !trim(next.slice(close + quote.length).replace(/[\r\n]+$/, "")).endsWith("\\");
      if (!ends) {
        value += next;
        if (this.#at >= this.#text.length) throw this.#invalid("a quoted value does not end", from);
        continue;
      }
      this.#comment += trim(/[#;][\s\S]*$/.exec(next.slice(close))?.[0] ?? "");
      return value + next.slice(0, close);
    }
    throw this.#invalid("a quoted value does not end", this.#text.length);
  }

  #continued(first: string): string {
    let value = first;
    while (this.#at < this.#text.length) {
      const next = trim(this.#line());
      if (next === "") break;
      value += next;
      if (!value.endsWith("\\")) break;
      value = value.slice(0, -1);
    }
    return value;
  }

  #invalid(what: string, offset: number): SopsError {
    const where = { file: this.#file, ...positionAt(this.#text, offset) };
    return new SopsError("invalid-ini", `not an INI file of SOPS: ${what}`, where);
  }
}

function add(items: EntryItem[], key: string, keySpan?: Span): MapNode {
  const section: MapNode = { kind: "map", items: [], commentsFollow: true };
  items.push({ kind: "entry", key, keySpan, value: section });
  return section;
}
