import type { TextFile } from "@idstack/manifests";
import type { AuditContext } from "../context.ts";

/** A sentence (or line of code) of a document for people, with the place of the words that matched. */
export interface Claim {
  readonly file: TextFile;
  readonly words: string;
  readonly position: { readonly line: number; readonly column: number };
}

/** Markdown and plain text of the tree. */
export function proseFiles(context: AuditContext): TextFile[] {
  return context.files.filter(({ path }) => /\.(md|mdx|markdown|txt|adoc|rst)$/i.test(path));
}

/** Where a pattern occurs in a text file. Sentences may span lines, so `\s+` of the pattern meets line ends as well. */
export function* claims(file: TextFile, pattern: RegExp): Generator<Claim> {
  const flags = pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`;
  for (const match of file.text.matchAll(new RegExp(pattern.source, flags))) {
    const before = file.text.slice(0, match.index);
    const line = before.split("\n").length;
    yield {
      file,
      words: match[0].replace(/\s+/g, " "),
      position: { line, column: match.index - before.lastIndexOf("\n") },
    };
  }
}
