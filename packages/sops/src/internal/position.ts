const BOM = "\ufeff";

/** 1-based line and column of an offset. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = text.startsWith(BOM) ? BOM.length : 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: Math.max(offset - start, 0) + 1 };
}

/** Offset of the first character of the line an offset is on. A byte order mark is on none. */
export function lineStart(text: string, offset: number): number {
  const start = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  return start === 0 && text.startsWith(BOM) ? BOM.length : start;
}

/** Offset just after the line break that ends the line an offset is on, or the length of the text. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at === -1 ? text.length : at + 1;
}

/** 0-based column of an offset. */
export function columnAt(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** `stringData.token`, `spec.ports[0].name`; keys that would be ambiguous are quoted. */
export function formatKeyPath(path: readonly (string | number)[]): string {
  let out = "";
  for (const part of path) {
    if (typeof part === "number") out += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) out += out === "" ? part : `.${part}`;
    else out += `[${JSON.stringify(part)}]`;
  }
  return out;
}
