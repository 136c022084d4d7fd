import type { Span } from "./tree.ts";

/** Every comment of a token stream, in order; the span starts after the `#`. */
export function commentTokens(tokens: readonly unknown[]): Span[] {
  const found: Span[] = [];
  for (const token of tokens) collect(token, found);
  return found.sort((a, b) => a.start - b.start);
}

function collect(token: unknown, found: Span[]): void {
  if (Array.isArray(token)) {
    for (const item of token) collect(item, found);
    return;
  }
  if (typeof token !== "object" || token === null) return;
  if ("type" in token && token.type === "comment" && "offset" in token && "source" in token) {
    const start = Number(token.offset) + 1;
    const source = String(token.source).replace(/\r$/, "");
    found.push({ start, end: start + source.length - 1 });
    return;
  }
  for (const value of Object.values(token)) if (typeof value === "object") collect(value, found);
}
