import type { Reader } from "./reader.ts";

/** Steps over `'…'` or `"…"`. */
export function skipQuoted(reader: Reader): void {
  const quote = reader.char();
  reader.skip();
  while (!reader.end()) {
    if (reader.char() === quote) {
      if (quote !== "'" || reader.char(1) !== "'") break;
      reader.skip();
      reader.skip();
    } else if (quote === '"' && reader.char() === "\\" && !reader.breakOrEnd(1)) {
      reader.skip();
      reader.skip();
    } else if (reader.lineBreak()) {
      reader.skipLine();
    } else {
      reader.skip();
    }
  }
  if (!reader.end()) reader.skip();
}

/** Steps over a plain scalar and the space behind it; whether that space holds a line break. */
export function skipPlain(reader: Reader, indent: number, flow: boolean): boolean {
  let broken = false;
  while (reader.documentIndicator() === "" && reader.char() !== "#") {
    while (!reader.blankOrEnd()) {
      if (reader.char() === ":" && reader.blankOrEnd(1)) break;
      if (flow && ",?[]{}".includes(reader.char())) break;
      reader.skip();
      broken = false;
    }
    if (!reader.blank() && !reader.lineBreak()) break;
    while (reader.blank() || reader.lineBreak()) {
      if (reader.blank()) {
        reader.skip();
      } else {
        reader.skipLine();
        broken = true;
      }
    }
    if (!flow && reader.column < indent) break;
  }
  return broken;
}

/** Steps over the lines of a block scalar; the reader stands behind its first line. */
export function skipBlockLines(reader: Reader, parentIndent: number, increment: number): void {
  let indent = increment === 0 ? 0 : Math.max(0, parentIndent) + increment;
  indent = skipBlockBreaks(reader, parentIndent, indent);
  while (reader.column === indent && !reader.end()) {
    reader.skipToBreak();
    reader.skipLine();
    skipBlockBreaks(reader, parentIndent, indent);
  }
}

function skipBlockBreaks(reader: Reader, parentIndent: number, indent: number): number {
  let widest = 0;
  for (;;) {
    while ((indent === 0 || reader.column < indent) && reader.char() === " ") reader.skip();
    widest = Math.max(widest, reader.column);
    if (!reader.lineBreak()) break;
    reader.skipLine();
  }
  return indent === 0 ? Math.max(widest, parentIndent + 1, 1) : indent;
}
