import type { Span } from "./tree.ts";

/** An empty mapping that holds comments, as sops writes it: the brace stands in the first column, which YAML forbids. */
const BRACES = /\{\n((?:[ ]*#[^\n]*\n)+)\}(?=\n|$)/g;

export interface WithoutBraces {
  /** As long as the text, the comments blank. */
  readonly text: string;
  readonly comments: readonly Span[];
}

/** Blanks the comments of those braces that hold an offset, where the parser found an error. */
export function withoutBraces(text: string, offset: number): WithoutBraces | undefined {
  for (const { index, 0: whole, 1: inside = "" } of text.matchAll(BRACES)) {
    if (index > offset || index + whole.length < offset) continue;
    const comments = [...inside.matchAll(/#(.*)/g)].map((comment): Span => {
      const start = index + 2 + comment.index + 1;
      return { start, end: start + (comment[1] ?? "").length };
    });
    const blank = `{${" ".repeat(whole.length - 2)}}`;
    return { text: text.slice(0, index) + blank + text.slice(index + whole.length), comments };
  }
  return undefined;
}
