import type { ManifestDocument, Path, Position } from "@idstack/manifests";
import type { AuditContext } from "../context.ts";

/** The lines of a text with their index from 0. */
export function linesOf(text: string): { line: string; index: number }[] {
  return text.split(/\r?\n/).map((line, index) => ({ line, index }));
}

/**
 * Place in the file of a line of a block of text (`key: |`). The parser gives the position of the entry; the line is
 * looked up below it in the file's text, since block scalars drop their indentation.
 */
export function placeInBlock(
  context: AuditContext,
  document: ManifestDocument,
  path: Path,
  wanted: string,
): Position | undefined {
  const start = document.locate(path);
  const source = context.files.find(({ path: file }) => file === document.file);
  if (start === undefined || source === undefined) return start;
  const lines = source.text.split(/\r?\n/);
  const content = wanted.trim();
  for (let index = start.line - 1; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.trim() === content) return { line: index + 1, column: line.indexOf(content) + 1 };
  }
  return start;
}
