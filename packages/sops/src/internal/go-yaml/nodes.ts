import type { Span } from "../tree.ts";
import type { CommentText } from "./comment-queue.ts";
import { NotGoYaml, Scanner, type Token } from "./scanner.ts";

/** A node of go-yaml's tree, reduced to its comments. */
export interface GoNode {
  readonly kind: "scalar" | "alias" | "map" | "list";
  readonly flow: boolean;
  head: readonly Span[];
  line: readonly Span[];
  foot: readonly Span[];
  /** Elements, or keys and values in turn. */
  readonly content: GoNode[];
  /** What an alias stands for. */
  target?: GoNode | undefined;
}

export interface GoDocument {
  readonly head: readonly Span[];
  readonly foot: readonly Span[];
  readonly root: GoNode;
}

/** The documents of a text with every comment on the node go-yaml gives it to. */
export function goDocuments(text: string): GoDocument[] {
  return new NodeParser(text).stream();
}

class NodeParser {
  readonly #scanner: Scanner;
  #head: CommentText = [];
  #line: CommentText = [];
  #foot: CommentText = [];
  #stem: CommentText | undefined;
  #taken = 0;
  readonly #anchors = new Map<string, GoNode>();

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  stream(): GoDocument[] {
    const documents: GoDocument[] = [];
    this.#peek();
    this.#scanner.next();
    for (;;) {
      let token = this.#peek();
      if (documents.length > 0) {
        while (token.kind === "document-end") token = this.#skip();
      }
      if (token.kind === "stream-end") return documents;
      documents.push(this.#document(token, documents.length === 0));
    }
  }

  #document(first: Token, implicit: boolean): GoDocument {
    let token = first;
    let head: CommentText = [];
    let root: GoNode;
    if (implicit && token.kind !== "directive" && token.kind !== "document-start") {
      head = this.#documentHead();
      root = this.#node(true, false);
    } else {
      while (token.kind === "directive") token = this.#skip();
      if (token.kind !== "document-start") throw new NotGoYaml();
      token = this.#skip();
      const empty = ["directive", "document-start", "document-end", "stream-end"].includes(token.kind);
      root = empty ? node("scalar") : this.#node(true, false);
    }
    if (this.#peek().kind === "document-end") this.#scanner.next();
    const end = this.#take();
    return { head: spans(head), foot: end.foot.length > 0 ? end.foot : end.head, root };
  }

  /** What an empty line parts from the first key speaks of the document. */
  #documentHead(): CommentText {
    const all = this.#head;
    for (let at = all.length - 1; at > 0; at -= 1) {
      if (all[at] !== "\n" || (at < all.length - 1 && all[at - 1] !== "\n")) continue;
      this.#head = all.slice(at + 1);
      return all.slice(0, at);
    }
    return [];
  }

  #node(block: boolean, indentless: boolean): GoNode {
    let token = this.#peek();
    if (token.kind === "alias") {
      const target = this.#anchors.get(token.name ?? "");
      return { ...this.#leaf("alias"), target };
    }
    let anchor: string | undefined;
    let properties = 0;
    while ((token.kind === "anchor" || token.kind === "tag") && properties < 2) {
      if (token.kind === "anchor") anchor = token.name;
      properties += 1;
      token = this.#skip();
    }
    const built = this.#content(token, block, indentless, properties > 0);
    if (anchor !== undefined) this.#anchors.set(anchor, built);
    return built;
  }

  #content(token: Token, block: boolean, indentless: boolean, mayBeEmpty: boolean): GoNode {
    if (indentless && token.kind === "-") return this.#indentlessList();
    if (token.kind === "scalar") return this.#leaf("scalar");
    if (token.kind === "[" || token.kind === "{") return this.#flowNode(token.kind);
    if (block && (token.kind === "block-sequence" || token.kind === "block-mapping")) {
      const built = node(token.kind === "block-mapping" ? "map" : "list");
      if (this.#stem !== undefined) built.head = spans(this.#stem);
      this.#stem = undefined;
      this.#skip();
      return built.kind === "map" ? this.#blockMap(built) : this.#blockList(built);
    }
    if (mayBeEmpty) return node("scalar");
    throw new NotGoYaml();
  }

  #leaf(kind: "scalar" | "alias"): GoNode {
    const leaf = { ...node(kind), ...this.#take() };
    this.#scanner.next();
    return leaf;
  }

  #blockList(list: GoNode): GoNode {
    while (this.#peek().kind === "-") {
      this.#dash();
      const empty = ["-", "block-end"].includes(this.#peek().kind);
      list.content.push(empty ? node("scalar") : this.#node(true, false));
    }
    if (this.#peek().kind !== "block-end") throw new NotGoYaml();
    this.#scanner.next();
    return list;
  }

  #indentlessList(): GoNode {
    const list = node("list");
    while (this.#peek().kind === "-") {
      this.#dash();
      const empty = ["-", "?", ":", "block-end"].includes(this.#peek().kind);
      list.content.push(empty ? node("scalar") : this.#node(true, false));
    }
    return list;
  }

  /** What stands above the dash of a collection is the collection's, not its first item's. */
  #dash(): void {
    const stem = this.#head.length;
    this.#scanner.next();
    if (stem === 0) return;
    const { kind } = this.#peek();
    if (kind !== "block-sequence" && kind !== "block-mapping") return;
    this.#stem = this.#head.slice(0, stem);
    this.#head = this.#head.slice(stem + 1);
  }

  #blockMap(map: GoNode): GoNode {
    const { content } = map;
    while (this.#peek().kind === "?") {
      this.#scanner.next();
      const key = this.#blockPart();
      const before = content.at(-2);
      if (key.foot.length > 0 && before !== undefined) {
        before.foot = key.foot;
        key.foot = [];
      }
      let value: GoNode;
      if (this.#peek().kind === ":") {
        this.#scanner.next();
        value = this.#blockPart();
      } else {
        value = node("scalar");
      }
      this.#pair(map, key, value);
    }
    if (this.#peek().kind !== "block-end") throw new NotGoYaml();
    const end = this.#take();
    this.#scanner.next();
    map.line = end.line;
    const last = content.at(-2);
    if (end.foot.length > 0 && last !== undefined) last.foot = end.foot;
    else map.foot = end.foot;
    return map;
  }

  #blockPart(): GoNode {
    const empty = ["?", ":", "block-end"].includes(this.#peek().kind);
    return empty ? node("scalar") : this.#node(true, true);
  }

  #pair(map: GoNode, key: GoNode, value: GoNode): void {
    map.content.push(key, value);
    if (key.foot.length > 0 || value.foot.length === 0) return;
    key.foot = value.foot;
    value.foot = [];
  }

  #flowNode(open: "[" | "{"): GoNode {
    const { head } = this.#take();
    const built = { ...node(open === "{" ? "map" : "list", true), head };
    const close = open === "{" ? "}" : "]";
    let token = this.#skip();
    while (token.kind !== close) {
      if (built.content.length > 0) {
        if (token.kind !== ",") throw new NotGoYaml();
        token = this.#skip();
        if (token.kind === close) break;
      }
      if (open === "{") this.#flowPair(built, token);
      else built.content.push(token.kind === "?" ? this.#singlePair() : this.#node(false, false));
      token = this.#peek();
    }
    const end = this.#take();
    this.#scanner.next();
    built.line = end.line;
    built.foot = end.foot;
    return built;
  }

  #flowPair(map: GoNode, token: Token): void {
    if (token.kind !== "?") {
      const key = this.#node(false, false);
      this.#peek();
      this.#pair(map, key, node("scalar"));
      return;
    }
    const first = this.#skip().kind;
    const key = [":", ",", "}"].includes(first) ? node("scalar") : this.#node(false, false);
    this.#pair(map, key, this.#flowValue("}"));
  }

  #flowValue(close: "]" | "}"): GoNode {
    if (this.#peek().kind !== ":") return node("scalar");
    const { kind } = this.#skip();
    return kind === "," || kind === close ? node("scalar") : this.#node(false, false);
  }

  /** `[a: b]`: a mapping of one entry. */
  #singlePair(): GoNode {
    const map = node("map", true);
    let key = node("scalar");
    if ([":", ",", "]"].includes(this.#skip().kind)) this.#scanner.next();
    else key = this.#node(false, false);
    this.#pair(map, key, this.#flowValue("]"));
    this.#peek();
    return map;
  }

  #skip(): Token {
    this.#scanner.next();
    return this.#peek();
  }

  /** The next token, with the comments that come before or beside it. */
  #peek(): Token {
    const token = this.#scanner.peek();
    const { comments } = this.#scanner;
    for (;;) {
      const comment = comments[this.#taken];
      if (comment === undefined || token.start.index < comment.token.index) return token;
      // An end has no head: that of the next token is left in the queue.
      if (comment.head.length > 0 && token.kind === "block-end") return token;
      this.#head = joined(this.#head, comment.head);
      this.#foot = joined(this.#foot, comment.foot);
      this.#line = joined(this.#line, comment.line);
      comments[this.#taken] = { token: comment.token, start: NOWHERE, head: [], line: [], foot: [] };
      this.#taken += 1;
    }
  }

  #take(): { head: Span[]; line: Span[]; foot: Span[] } {
    const taken = { head: spans(this.#head), line: spans(this.#line), foot: spans(this.#foot) };
    this.#head = [];
    this.#line = [];
    this.#foot = [];
    this.#stem = undefined;
    return taken;
  }
}

const NOWHERE = { index: 0, line: 0, column: 0 };

function node(kind: GoNode["kind"], flow = false): GoNode {
  return { kind, flow, head: [], line: [], foot: [], content: [] };
}

function joined(before: CommentText, more: CommentText): CommentText {
  if (more.length === 0) return before;
  return before.length === 0 ? more : [...before, "\n", ...more];
}

function spans(text: CommentText): Span[] {
  return text.filter((part) => part !== "\n");
}
