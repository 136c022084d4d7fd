import type { CommentItem, ElementItem, EntryItem, ListNode, MapNode, TreeNode } from "../internal/tree.ts";
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

type Item = EntryItem | ElementItem;

interface Comments {
  readonly head?: string | undefined;
  readonly line?: string | undefined;
  readonly foot?: string | undefined;
  /** What stands below the entry before. */
  readonly tail?: string | undefined;
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
  #footIndent = -1;
  #indent = -1;
  #outer = -1;
  #head = "";
  #line = "";
  #foot = "";
  #tail = "";
  /** Beside a value that has ended, and not written yet. */
  #keyLine = "";
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
    if (root.kind === "leaf") this.#within(false, () => this.#scalar(goScalar(root.scalar), false));
    else this.#root(root);
    this.#footIndent = 0;
    this.#footComment();
    this.#footIndent = -1;
    this.#newLine();
  }

  end(): string {
    return this.#out;
  }

  #root(root: MapNode | ListNode): void {
    const { head, items } = commented<Item>(root.items);
    this.#hear({ head });
    this.#headComment();
    this.#afterNode();
    this.#collection(root, items, false, {});
  }

  /** The comments of an event replace those of events before it that nothing wrote. */
  #hear({ head = "", line = "", foot = "", tail = "" }: Comments): void {
    if (head !== "") this.#head = head;
    if (line !== "") this.#line = line;
    if (foot !== "") this.#foot = foot;
    if (tail !== "") this.#tail = tail;
  }

  /** go-yaml does this after a scalar, and after the start of a collection, whose own comments come with its end. */
  #afterNode(): void {
    this.#lineComment();
    this.#footComment();
  }

  #collection(node: MapNode | ListNode, items: readonly Commented<Item>[], inList: boolean, end: Comments): void {
    if (items.length === 0) {
      this.#empty(node.kind, inList, end);
      return;
    }
    this.#within(inList, () => {
      let tail = "";
      for (const { item, head, line, foot } of items) {
        if (item.kind === "element") {
          this.#element(item.value, { head, line, foot });
          continue;
        }
        this.#entry(item, { head, line, tail });
        tail = foot;
      }
      this.#hear({ ...end, tail });
      if (node.kind === "map") this.#headComment();
    });
  }

  #empty(kind: "map" | "list", inList: boolean, end: Comments): void {
    this.#indicator(kind === "map" ? "{" : "[", true, true);
    this.#hear(end);
    this.#within(inList, () => {
      if (kind === "map") this.#headComment();
    });
    if (kind === "list" && this.#column === 0) this.#newLine();
    this.#indicator(kind === "map" ? "}" : "]", false);
    this.#afterNode();
  }

  #element(value: TreeNode, { head: above = "", line, foot }: Comments): void {
    const { head, items } = value.kind === "leaf" ? { head: "", items: [] } : commented<Item>(value.items);
    this.#hear({ head: [above, head].filter((text) => text !== "").join("\n") });
    if (value.kind === "leaf") this.#hear({ line, foot });
    this.#headComment();
    this.#newLine();
    this.#indicator("-", true, false, true);
    if (value.kind === "leaf") this.#within(true, () => this.#scalar(goScalar(value.scalar), false));
    this.#afterNode();
    if (value.kind !== "leaf") this.#collection(value, items, true, { line, foot });
  }

  #entry({ key, value }: EntryItem, { head, line, tail }: Comments): void {
    const name = goString(key);
    this.#hear({ head, tail });
    this.#headComment();
    this.#newLine();
    if (this.#line !== "") this.#keyLine = this.#line;
    this.#line = "";
    const simple = !name.multiline && Buffer.byteLength(key) <= SIMPLE_KEY;
    if (simple) {
      // Anything but a mapping or a list of them below `!!merge <<` is an error to sops when it reads the file again.
      const merge = key !== "<<" || value.kind === "map" || isListOfMappings(value);
      const shown: GoScalar = merge ? name : { text: key, style: "double", multiline: false };
      this.#within(false, () => this.#scalar(shown, true));
      this.#indicator(":", false, false);
    } else {
      this.#indicator("?", true, false, true);
      this.#within(false, () => this.#scalar(name, false));
      this.#newLine();
      this.#indicator(":", true, false, true);
    }
    this.#value(value, line);
  }

  /** A comment that the end of the value before left over comes beside this one. */
  #value(value: TreeNode, line: string | undefined): void {
    const pending = this.#keyLine;
    if (value.kind === "leaf") {
      this.#hear({ line });
      if (this.#line === "") {
        this.#line = pending;
        this.#keyLine = "";
      }
      this.#within(false, () => this.#scalar(goScalar(value.scalar), false));
      this.#afterNode();
      return;
    }
    const { head, items } = commented<Item>(value.items);
    this.#hear({ head });
    if (pending !== "") {
      this.#line = pending;
      this.#keyLine = "";
      this.#lineComment();
    }
    this.#afterNode();
    this.#collection(value, items, false, { line });
  }

  /** Inside a list two columns further, elsewhere at the next multiple of the indentation. */
  #within(inList: boolean, write: () => void): void {
    const outer = this.#indent;
    const before = this.#outer;
    this.#outer = outer;
    this.#indent = outer < 0 ? 0 : inList ? outer + 2 : this.#step * Math.floor((outer + this.#step) / this.#step);
    write();
    this.#indent = outer;
    this.#outer = before;
  }

  #scalar({ text, style }: GoScalar, key: boolean): void {
    // Two columns below a dash, or next to a multiple of the indentation, the hint would be wrong: sops writes it there,
    // too, and cannot read it again.
    const told = style === "hinted" && this.#indent === this.#outer + this.#step;
    if ((style === "literal" || told) && !key) {
      this.#literal(text);
      return;
    }
    if (style === "plain" && text !== "") {
      if (!this.#whitespace) this.#put(" ");
      this.#put(text);
    } else if (style === "single") {
      this.#indicator("'", true, false);
      this.#quotedLines(text);
      this.#indicator("'", false, false);
    } else {
      if (!this.#whitespace) this.#put(" ");
      this.#put(doubleQuoted(text));
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
      if (item.lost === true) continue;
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

function isListOfMappings(value: TreeNode): boolean {
  return value.kind === "list" && value.items.every((item) => item.kind === "element" && item.value.kind === "map");
}

function isComment(item: { kind: string }): item is CommentItem {
  return item.kind === "comment";
}

/** Metadata behind the last entry of a document. */
export function withBlock(root: MapNode, metadata: MapNode): MapNode {
  return { ...root, items: [...root.items, { kind: "entry", key: "sops", value: metadata }] };
}
