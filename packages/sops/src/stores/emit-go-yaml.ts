import type { CommentItem, EntryItem, MapNode, TreeNode } from "../internal/tree.ts";
import { blockHints, doubleQuoted, type GoScalar, goScalar, goString, isBreak } from "./go-yaml-scalar.ts";

const INDENT = 4;
/** Longer keys, counted in bytes, get a line of their own behind a question mark. */
const SIMPLE_KEY = 128;

/** Documents as sops writes them: go-yaml's emitter with an indentation of four, state by state. */
export function emitGoYaml(roots: readonly TreeNode[], indent = INDENT): string {
  // go-yaml takes two for what it holds unreasonable.
  const emitter = new GoYamlEmitter(indent < 2 || indent > 9 ? 2 : indent);
  for (const [index, root] of roots.entries()) emitter.document(root, index === 0);
  return emitter.end();
}

/** Comments before an item, those beside it, and those after the last one, as sops hands them to go-yaml. */
interface Commented<T> {
  readonly item: T;
  readonly head: string;
  readonly line: string;
  foot: string;
}

class GoYamlEmitter {
  #out = "";
  #column = 0;
  #whitespace = true;
  #indention = true;
  #openEnded = false;
  #footIndent = -1;
  #indent = -1;
  #head = "";
  #line = "";
  #foot = "";
  #tail = "";
  readonly #step: number;

  constructor(step: number) {
    this.#step = step;
  }

  document(root: TreeNode, first: boolean): void {
    if (!first) {
      this.#newLine();
      this.#indicator("---");
      this.#newLine();
    }
    this.#node(root, false, "");
    this.#lineComment();
    this.#footComment();
    this.#footIndent = -1;
    this.#newLine();
  }

  end(): string {
    if (this.#openEnded) {
      this.#indicator("...");
      this.#newLine();
    }
    return this.#out;
  }

  #node(node: TreeNode, inList: boolean, line: string): void {
    if (node.kind === "leaf") {
      this.#line = line;
      this.#within(inList, () => this.#scalar(goScalar(node.scalar), false));
      return;
    }
    const { head, items } = commented<EntryItem | { kind: "element"; value: TreeNode }>(node.items);
    if (head !== "") this.#head = head;
    if (items.length === 0) {
      this.#indicator(node.kind === "map" ? "{" : "[", true);
      this.#within(inList, () => this.#headComment());
      this.#indicator(node.kind === "map" ? "}" : "]", false, false);
      this.#line = line;
      this.#lineComment();
      this.#footComment();
      return;
    }
    this.#within(inList, () => {
      let tail = "";
      for (const { item, head: above, line: beside, foot } of items) {
        if (above !== "") this.#head = above;
        if (item.kind === "entry") {
          if (tail !== "") this.#tail = tail;
          tail = foot;
          this.#entry(item, beside);
        } else {
          this.#headComment();
          this.#newLine();
          this.#indicator("-", true, false, true);
          if (foot !== "" && item.value.kind === "leaf") this.#foot = foot;
          this.#node(item.value, true, beside);
          if (foot !== "" && item.value.kind !== "leaf") this.#foot = foot;
          this.#lineComment();
          this.#footComment();
        }
      }
      if (node.kind === "map") {
        if (tail !== "") this.#tail = tail;
        this.#headComment();
      }
    });
  }

  #entry({ key, value }: EntryItem, line: string): void {
    const name = goString(key);
    this.#headComment();
    this.#newLine();
    // sops puts a key with line breaks into a block, which it cannot read again.
    const simple = name.multiline || Buffer.byteLength(key) <= SIMPLE_KEY;
    if (simple) {
      // Anything but a mapping below `!!merge <<` is an error to sops when it reads the file again.
      const merge = key !== "<<" || value.kind === "map";
      const shown: GoScalar = merge ? name : { text: key, style: "double", multiline: false };
      this.#within(false, () => this.#scalar(shown, true));
      this.#indicator(":", false, false);
    } else {
      this.#indicator("?", true, false, true);
      this.#within(false, () => this.#scalar(name, false));
      this.#newLine();
      this.#indicator(":", true, false, true);
    }
    this.#node(value, false, line);
    this.#lineComment();
    this.#footComment();
  }

  /** Inside a list two columns further, elsewhere at the next multiple of the indentation. */
  #within(inList: boolean, write: () => void): void {
    const outer = this.#indent;
    this.#indent = outer < 0 ? 0 : inList ? outer + 2 : this.#step * Math.floor((outer + this.#step) / this.#step);
    write();
    this.#indent = outer;
  }

  #scalar({ text, style, multiline }: GoScalar, key: boolean): void {
    if (style === "literal" && !key) {
      this.#literal(text);
      return;
    }
    if (style === "plain" && text !== "") {
      if (!this.#whitespace) this.#put(" ");
      this.#put(text);
    } else if (style === "single" && !(key && multiline)) {
      this.#indicator("'", true, false);
      this.#quotedLines(text);
      this.#indicator("'", false, false);
    } else {
      if (!this.#whitespace) this.#put(" ");
      this.#put(doubleQuoted(text));
      this.#openEnded = false;
    }
    this.#whitespace = false;
    this.#indention = false;
  }

  #quotedLines(text: string): void {
    let breaks = false;
    for (const char of text) {
      if (isBreak(char)) {
        if (!breaks && char === "\n") this.#break();
        this.#writeBreak(char);
        breaks = true;
        continue;
      }
      if (breaks && char !== " ") this.#newLine();
      this.#put(char === "'" ? "''" : char);
      this.#indention = false;
      if (char !== " ") breaks = false;
    }
  }

  #literal(text: string): void {
    this.#indicator("|", true, false);
    const hints = blockHints(text, this.#step);
    if (hints !== "") this.#indicator(hints, false, false);
    this.#openEnded = hints.endsWith("+");
    if (this.#line === "") this.#break();
    else this.#lineComment();
    this.#whitespace = true;
    let breaks = true;
    for (const char of text) {
      if (isBreak(char)) {
        this.#writeBreak(char);
        breaks = true;
        continue;
      }
      if (breaks) this.#newLine();
      this.#put(char);
      this.#indention = false;
      breaks = false;
    }
  }

  #headComment(): void {
    if (this.#tail !== "") {
      this.#newLine();
      this.#comment(this.#tail);
      this.#tail = "";
      this.#footIndent = Math.max(0, this.#indent);
    }
    if (this.#head === "") return;
    this.#newLine();
    this.#comment(this.#head);
    this.#head = "";
  }

  #lineComment(): void {
    if (this.#line === "") return;
    if (!this.#whitespace) this.#put(" ");
    this.#comment(this.#line);
    this.#line = "";
  }

  #footComment(): void {
    if (this.#foot === "") return;
    this.#newLine();
    this.#comment(this.#foot);
    this.#foot = "";
    this.#footIndent = Math.max(0, this.#indent);
  }

  #comment(text: string): void {
    let breaks = false;
    for (const char of text) {
      if (isBreak(char)) {
        this.#writeBreak(char);
        breaks = true;
        continue;
      }
      if (breaks) this.#newLine();
      this.#put(char);
      this.#indention = false;
      breaks = false;
    }
    if (!breaks) this.#break();
    this.#whitespace = true;
  }

  #indicator(text: string, needsSpace = true, isSpace = false, keepsIndention = false): void {
    if (needsSpace && !this.#whitespace) this.#put(" ");
    this.#put(text);
    this.#whitespace = isSpace;
    this.#indention = this.#indention && keepsIndention;
    this.#openEnded = false;
  }

  #newLine(): void {
    const indent = Math.max(0, this.#indent);
    if (!this.#indention || this.#column > indent || (this.#column === indent && !this.#whitespace)) this.#break();
    if (this.#footIndent === indent) this.#break();
    if (this.#column < indent) this.#put(" ".repeat(indent - this.#column));
    this.#whitespace = true;
    this.#footIndent = -1;
  }

  #writeBreak(char: string): void {
    if (char === "\n") {
      this.#break();
      return;
    }
    this.#out += char;
    this.#column = 0;
    this.#indention = true;
  }

  #break(): void {
    this.#out += "\n";
    this.#column = 0;
    this.#indention = true;
  }

  #put(text: string): void {
    this.#out += text;
    this.#column += text.length;
  }
}

function commented<T extends { kind: string; value: TreeNode }>(
  all: readonly (T | CommentItem)[],
): { head: string; items: Commented<T>[] } {
  let head: string[] = [];
  let line: string[] = [];
  let own = "";
  const items: Commented<T>[] = [];
  for (const item of all) {
    if (isComment(item)) {
      (item.inline === true ? line : head).push(`#${item.text}`);
      continue;
    }
    if (items.length === 0) {
      own = head.join("\n");
      head = [];
    }
    items.push({ item, head: head.join("\n"), line: line.join("\n"), foot: "" });
    head = [];
    line = [];
  }
  const rest = [...head, ...line].join("\n");
  const last = items.at(-1);
  if (last === undefined) return { head: rest, items };
  last.foot = rest;
  return { head: own, items };
}

function isComment(item: { kind: string }): item is CommentItem {
  return item.kind === "comment";
}

/** Metadata behind the last entry of a document. */
export function withBlock(root: MapNode, metadata: MapNode): MapNode {
  return { ...root, items: [...root.items, { kind: "entry", key: "sops", value: metadata }] };
}
