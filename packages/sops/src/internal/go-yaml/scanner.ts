import { type QueuedComment, readComments, readLineComment } from "./comment-queue.ts";
import { type Mark, Reader } from "./reader.ts";
import { skipBlockLines, skipPlain, skipQuoted } from "./skip-scalar.ts";

export type TokenKind =
  | "stream-start"
  | "stream-end"
  | "directive"
  | "document-start"
  | "document-end"
  | "block-sequence"
  | "block-mapping"
  | "block-end"
  | "["
  | "]"
  | "{"
  | "}"
  | ","
  | "-"
  | "?"
  | ":"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

export interface Token {
  readonly kind: TokenKind;
  readonly start: Mark;
  /** Of an anchor or an alias. */
  name?: string;
}

interface SimpleKey {
  possible: boolean;
  readonly required: boolean;
  readonly token: number;
  readonly mark: Mark;
}

/** A text go-yaml refuses, in a way that has no need of a name here. */
export class NotGoYaml extends Error {}

/** A simple key is at most this long. */
const KEY_REACH = 1024;
const PLAIN_START = /[^\s\u0085\u2028\u2029\-?:,[\]{}#&*!|>'"%@`]/;

/**
 * go-yaml's scanner, without the values: which tokens a text has, where they start, and which comments come with them.
 * What comments belong to is decided by details of it, so it is followed step by step.
 */
export class Scanner {
  readonly comments: QueuedComment[] = [];
  readonly #reader: Reader;
  readonly #tokens: Token[] = [{ kind: "stream-start", start: { index: 0, line: 0, column: 0 } }];
  #head = 0;
  #available = false;
  #flow = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #keyAllowed = true;
  readonly #keys: SimpleKey[] = [
    { possible: false, required: false, token: 0, mark: { index: 0, line: 0, column: 0 } },
  ];
  readonly #keysByToken = new Map<number, SimpleKey>();

  constructor(text: string) {
    this.#reader = new Reader(text);
  }

  /** The next token, and no further. go-yaml looks two tokens ahead, so that comments find their place. */
  peek(): Token {
    if (!this.#available) this.#fetch();
    this.#available = true;
    const token = this.#tokens[this.#head];
    if (token === undefined) throw new NotGoYaml();
    return token;
  }

  next(): void {
    this.#available = false;
    this.#head += 1;
  }

  #fetch(): void {
    while (this.#tokens.at(-1)?.kind !== "stream-end") {
      if (this.#head < this.#tokens.length - 2) {
        const key = this.#keysByToken.get(this.#head);
        if (key === undefined || !this.#valid(key)) return;
      }
      this.#token();
    }
  }

  #token(): void {
    const reader = this.#reader;
    const scan = reader.mark();
    this.#toNextToken();
    this.#unroll(reader.column, scan);
    if (reader.end()) {
      this.#streamEnd();
      return;
    }
    const char = reader.char();
    if (reader.column === 0 && char === "%") {
      this.#document("directive");
      return;
    }
    const indicator = reader.documentIndicator();
    if (indicator !== "") {
      this.#document(indicator === "---" ? "document-start" : "document-end");
      return;
    }
    // A comment behind a colon or comma belongs to the token before.
    const before = this.#tokens.at(-1);
    const joins = char === (this.#flow === 0 ? ":" : ",") && before !== undefined;
    const mark = joins ? before.start : reader.mark();
    this.#read(char);
    // A dash alone has none: it becomes the head of what follows.
    if (this.#tokens.at(-1)?.kind === "-") return;
    const comment = readLineComment(reader, mark);
    if (comment !== undefined) this.comments.push(comment);
  }

  #read(char: string): void {
    const reader = this.#reader;
    if (char === "[" || char === "{") this.#flowStart(char);
    else if (char === "]" || char === "}") this.#flowEnd(char);
    else if (char === ",") this.#comma();
    else if (char === "-" && reader.blankOrEnd(1)) this.#dash();
    else if (char === "?" && (this.#flow > 0 || reader.blankOrEnd(1))) this.#question();
    else if (char === ":" && (this.#flow > 0 || reader.blankOrEnd(1))) this.#colon();
    else if (char === "*" || char === "&" || char === "!") this.#property(char);
    else if ((char === "|" || char === ">") && this.#flow === 0) this.#block();
    else if (char === "'" || char === '"') this.#scalar(() => skipQuoted(reader));
    else if (this.#startsPlain(char)) {
      this.#scalar(() => {
        if (skipPlain(reader, this.#indent + 1, this.#flow > 0)) this.#keyAllowed = true;
      });
    } else throw new NotGoYaml();
  }

  #startsPlain(char: string): boolean {
    if (PLAIN_START.test(char)) return true;
    if (char === "-") return !this.#reader.blank(1);
    return this.#flow === 0 && (char === "?" || char === ":") && !this.#reader.blankOrEnd(1);
  }

  #valid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    const reader = this.#reader;
    if (key.mark.line >= reader.line && key.mark.index + KEY_REACH >= reader.index) return true;
    if (key.required) throw new NotGoYaml();
    key.possible = false;
    return false;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const mark = this.#reader.mark();
    const required = this.#flow === 0 && this.#indent === mark.column;
    this.#removeKey();
    const key = { possible: true, required, token: this.#tokens.length, mark };
    this.#keys[this.#keys.length - 1] = key;
    this.#keysByToken.set(key.token, key);
  }

  #removeKey(): void {
    const key = this.#keys.at(-1);
    if (key?.possible !== true) return;
    if (key.required) throw new NotGoYaml();
    key.possible = false;
    this.#keysByToken.delete(key.token);
  }

  #roll(column: number, kind: TokenKind, start: Mark, at = this.#tokens.length): void {
    if (this.#flow > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#tokens.splice(at, 0, { kind, start });
  }

  /** Ends blocks, in front of comments that stand as far left as what is around the block. */
  #unroll(column: number, scan: Mark): void {
    if (this.#flow > 0) return;
    let mark: Mark = { ...scan, index: scan.index - 1 };
    while (this.#indent > column) {
      let stop = mark.index;
      for (const comment of this.comments.toReversed()) {
        if ((comment.end?.index ?? 0) < stop) break;
        if (comment.start.column === this.#indent + 1) mark = comment.start;
        stop = comment.scan?.index ?? 0;
      }
      this.#tokens.push({ kind: "block-end", start: mark });
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #streamEnd(): void {
    const reader = this.#reader;
    if (reader.column !== 0) {
      reader.column = 0;
      reader.line += 1;
    }
    this.#unroll(-1, reader.mark());
    this.#removeKey();
    this.#push("stream-end");
  }

  #document(kind: "directive" | "document-start" | "document-end"): void {
    const reader = this.#reader;
    this.#unroll(-1, reader.mark());
    this.#removeKey();
    this.#keyAllowed = false;
    this.#push(kind);
    if (kind !== "directive") for (let left = 3; left > 0; left -= 1) reader.skip();
    else {
      reader.skipToBreak();
      reader.skipLine();
    }
  }

  #flowStart(kind: "[" | "{"): void {
    this.#saveKey();
    this.#keys.push({ possible: false, required: false, token: this.#tokens.length, mark: this.#reader.mark() });
    this.#flow += 1;
    this.#keyAllowed = true;
    this.#indicator(kind);
  }

  #flowEnd(kind: "]" | "}"): void {
    this.#removeKey();
    if (this.#flow > 0) {
      this.#flow -= 1;
      this.#keysByToken.delete(this.#keys.pop()?.token ?? -1);
    }
    this.#keyAllowed = false;
    this.#indicator(kind);
  }

  #comma(): void {
    this.#removeKey();
    this.#keyAllowed = true;
    this.#indicator(",");
  }

  #dash(): void {
    const mark = this.#reader.mark();
    if (this.#flow === 0) {
      if (!this.#keyAllowed) throw new NotGoYaml();
      this.#roll(mark.column, "block-sequence", mark);
    }
    this.#removeKey();
    this.#keyAllowed = true;
    this.#indicator("-");
  }

  #question(): void {
    this.#complex();
    this.#removeKey();
    this.#keyAllowed = this.#flow === 0;
    this.#indicator("?");
  }

  #colon(): void {
    const key = this.#keys.at(-1);
    if (key !== undefined && this.#valid(key)) {
      this.#tokens.splice(key.token, 0, { kind: "?", start: key.mark });
      this.#roll(key.mark.column, "block-mapping", key.mark, key.token);
      key.possible = false;
      this.#keysByToken.delete(key.token);
      this.#keyAllowed = false;
    } else {
      this.#complex();
      this.#keyAllowed = this.#flow === 0;
    }
    this.#indicator(":");
  }

  #complex(): void {
    if (this.#flow > 0) return;
    if (!this.#keyAllowed) throw new NotGoYaml();
    const mark = this.#reader.mark();
    this.#roll(mark.column, "block-mapping", mark);
  }

  /** An anchor, an alias or a tag. */
  #property(char: string): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const token: Token = {
      kind: char === "*" ? "alias" : char === "&" ? "anchor" : "tag",
      start: this.#reader.mark(),
    };
    this.#tokens.push(token);
    const reader = this.#reader;
    const verbatim = char === "!" && reader.char(1) === "<";
    reader.skip();
    if (verbatim) while (!reader.blankOrEnd() && reader.char() !== ">") reader.skip();
    while (!reader.blankOrEnd() && (char === "!" || /[\w-]|>/.test(reader.char()))) {
      if (char === "!" && this.#flow > 0 && ",[]{}".includes(reader.char())) break;
      reader.skip();
    }
    token.name = reader.text.slice(token.start.index + 1, reader.index);
  }

  #block(): void {
    const reader = this.#reader;
    this.#removeKey();
    this.#keyAllowed = true;
    const start = reader.mark();
    this.#push("scalar");
    reader.skip();
    let increment = 0;
    while (/[-+0-9]/.test(reader.char())) {
      if (/\d/.test(reader.char())) increment = Number(reader.char());
      reader.skip();
    }
    while (reader.blank()) reader.skip();
    const comment = reader.char() === "#" ? readLineComment(reader, start) : undefined;
    if (comment !== undefined) this.comments.push(comment);
    reader.skipToBreak();
    reader.skipLine();
    skipBlockLines(reader, this.#indent, increment);
  }

  #scalar(skip: () => void): void {
    this.#saveKey();
    this.#keyAllowed = false;
    this.#push("scalar");
    skip();
  }

  #indicator(kind: TokenKind): void {
    this.#push(kind);
    this.#reader.skip();
  }

  #push(kind: TokenKind): void {
    this.#tokens.push({ kind, start: this.#reader.mark() });
  }

  #toNextToken(): void {
    const reader = this.#reader;
    const scan = reader.mark();
    for (;;) {
      while (reader.char() === " " || ((this.#flow > 0 || !this.#keyAllowed) && reader.char() === "\t")) reader.skip();
      this.#dashComment();
      if (reader.char() === "#") {
        const last = this.#tokens.at(-1);
        const token = last?.kind === "," ? this.#tokens.at(-2) : last;
        if (token === undefined) throw new NotGoYaml();
        const afterColon = token.kind === ":";
        const context = { scan, token: token.start, afterColon, indent: this.#indent, inFlow: this.#flow > 0 };
        this.comments.push(...readComments(reader, context));
      }
      if (!reader.lineBreak()) return;
      reader.skipLine();
      if (this.#flow === 0) this.#keyAllowed = true;
    }
  }

  /** What stands beside the first dash of a list speaks of what the element holds. */
  #dashComment(): void {
    const comment = this.comments.at(-1);
    if (comment === undefined || comment.line.length === 0 || this.#reader.lineBreak()) return;
    if (this.#tokens.at(-2)?.kind !== "block-sequence" || this.#tokens.at(-1)?.kind !== "-") return;
    comment.head = comment.line;
    comment.line = [];
    if (comment.start.line === this.#reader.line - 1) comment.token = this.#reader.mark();
  }
}
