import type { Span } from "../tree.ts";
import type { Mark, Reader } from "./reader.ts";

/** Lines of a comment without their `#`, and the line breaks go-yaml puts between them. */
export type CommentText = readonly (Span | "\n")[];

/** A comment go-yaml has read and not yet given to a node. */
export interface QueuedComment {
  /** Where the search for it began. */
  readonly scan?: Mark;
  /** It belongs to the first token from here on. */
  token: Mark;
  readonly start: Mark;
  readonly end?: Mark;
  head: CommentText;
  line: CommentText;
  readonly foot: CommentText;
}

/** How far go-yaml looks for one more comment. */
const REACH = 512;

/** A comment beside what was just read. */
export function readLineComment(reader: Reader, token: Mark): QueuedComment | undefined {
  if (reader.newlines > 0) return undefined;
  let peek = 0;
  while (peek < REACH && reader.blank(peek)) peek += 1;
  if (peek === REACH || reader.char(peek) !== "#") return undefined;
  for (let left = peek; left > 0; left -= 1) reader.skip();
  const start = reader.mark();
  return { token, start, head: [], line: [readLine(reader)], foot: [] };
}

export interface CommentContext {
  readonly scan: Mark;
  /** Start of the last token, or of the one before a comma. */
  readonly token: Mark;
  readonly afterColon: boolean;
  readonly indent: number;
  readonly inFlow: boolean;
}

/** Comments on lines of their own: feet of what is above, and the head of what is below. */
export function readComments(reader: Reader, context: CommentContext): QueuedComment[] {
  const found: QueuedComment[] = [];
  let { scan, token } = context;
  const nextIndent = Math.max(0, context.indent);
  let start: Mark = { index: 0, line: 0, column: 0 };
  let recentEmpty = false;
  let firstEmpty = reader.newlines <= 1;
  let line = reader.line;
  let column = reader.column;
  let text: CommentText = [];
  let footLine = -1;
  if (scan.line > 0) {
    footLine = reader.line - reader.newlines + 1;
    if (reader.newlines === 0 && reader.column > 1) footLine += 1;
  }
  let peek = 0;
  const here = (): Mark => ({ index: reader.index + peek, line, column });
  const foot = (): void => {
    found.push({ scan, token, start, end: here(), head: [], line: [], foot: text });
    scan = here();
    token = scan;
    text = [];
  };
  for (; peek < REACH; peek += 1) {
    column += 1;
    if (reader.blank(peek)) continue;
    const char = reader.char(peek);
    const closes = context.inFlow && (char === "]" || char === "}");
    if (closes || reader.breakOrEnd(peek)) {
      if (closes || !recentEmpty) {
        const dedented = start.column - 1 < nextIndent;
        if (closes || (firstEmpty && ((start.line === footLine && !context.afterColon) || dedented))) {
          if (text.length > 0) {
            // Further left it has nothing to do with the token above.
            if (dedented) token = start;
            foot();
          }
        } else if (text.length > 0 && !reader.end(peek)) {
          text = [...text, "\n"];
        }
      }
      if (!reader.lineBreak(peek)) break;
      firstEmpty = false;
      recentEmpty = true;
      column = 0;
      line += 1;
      continue;
    }
    if (text.length > 0 && column - 1 < nextIndent && column !== start.column) foot();
    if (char !== "#") break;
    if (text.length === 0) start = here();
    else text = [...text, "\n"];
    recentEmpty = false;
    const seen = reader.index + peek;
    while (reader.index < seen) {
      if (reader.lineBreak()) reader.skipLine();
      else reader.skip();
    }
    text = [...text, readLine(reader)];
    peek = 0;
    column = 0;
    line = reader.line;
  }
  if (text.length > 0) {
    peek -= 1;
    found.push({ scan, token: start, start, end: here(), head: text, line: [], foot: [] });
  }
  return found;
}

/** From the `#` to the end of the line. */
function readLine(reader: Reader): Span {
  const start = reader.index + 1;
  reader.skipToBreak();
  return { start, end: reader.index };
}
