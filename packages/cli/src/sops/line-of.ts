import { Readable } from "node:stream";
import type { Io } from "../io.ts";

/** The lines of stdin, one at a time: what comes after them stays for whoever reads next. */
export function lineOf({ in: input }: Pick<Io, "in">): AsyncGenerator<string, undefined> {
  return linesOf(input ?? Readable.from([]));
}

async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of input) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
  return undefined;
}
