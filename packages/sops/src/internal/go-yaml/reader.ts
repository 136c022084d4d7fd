/** A place in a text, with the column in characters. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** Steps through a text and counts lines and columns the way go-yaml does. */
export class Reader {
  readonly text: string;
  index: number;
  line = 0;
  column = 0;
  /** Line breaks since the last character that is no blank. */
  newlines = 0;

  constructor(text: string) {
    this.text = text;
    this.index = text.startsWith("\ufeff") ? 1 : 0;
  }

  mark(): Mark {
    return { index: this.index, line: this.line, column: this.column };
  }

  /** The character so many units ahead; the empty string at the end. */
  char(ahead = 0): string {
    return this.text.charAt(this.index + ahead);
  }

  blank(ahead = 0): boolean {
    const char = this.char(ahead);
    return char === " " || char === "\t";
  }

  lineBreak(ahead = 0): boolean {
    const char = this.char(ahead);
    return char !== "" && "\n\r\u0085\u2028\u2029".includes(char);
  }

  end(ahead = 0): boolean {
    return this.index + ahead >= this.text.length;
  }

  breakOrEnd(ahead = 0): boolean {
    return this.end(ahead) || this.lineBreak(ahead);
  }

  blankOrEnd(ahead = 0): boolean {
    return this.blank(ahead) || this.breakOrEnd(ahead);
  }

  skip(): void {
    if (!this.blank()) this.newlines = 0;
    this.index += (this.text.codePointAt(this.index) ?? 0) > 0xffff ? 2 : 1;
    this.column += 1;
  }

  skipLine(): void {
    if (!this.lineBreak()) return;
    this.index += this.char() === "\r" && this.char(1) === "\n" ? 2 : 1;
    this.column = 0;
    this.line += 1;
    this.newlines += 1;
  }

  skipToBreak(): void {
    while (!this.breakOrEnd()) this.skip();
  }

  /** `---` or `...` in the first column. */
  documentIndicator(): string {
    const three = this.text.slice(this.index, this.index + 3);
    return this.column === 0 && (three === "---" || three === "...") && this.blankOrEnd(3) ? three : "";
  }
}
