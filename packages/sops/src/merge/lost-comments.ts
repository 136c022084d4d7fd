import type { Diagnostic } from "../diagnostic.ts";
import { type MapNode, walkTree } from "../internal/tree.ts";

/** What to say of comments that `added` has and neither `base` nor the result. */
export function lostComments(
  base: readonly MapNode[],
  added: readonly MapNode[],
  result: readonly MapNode[],
  file: string | undefined,
): Diagnostic[] {
  const known = new Set([...commentsOf(result), ...commentsOf(base)]);
  const lost = commentsOf(added).filter((comment) => !known.has(comment)).length;
  if (lost === 0) return [];
  const what = lost === 1 ? "1 comment that one side added has" : `${lost} comments that one side added have`;
  const message = `${what} no place among the lines of the other and ${lost === 1 ? "was" : "were"} left out`;
  return [{ code: "sops/merge-comments", severity: "warning", message, file, help: "Add them again by hand." }];
}

function commentsOf(roots: readonly MapNode[]): string[] {
  const found: string[] = [];
  for (const root of roots)
    walkTree(root, { leaf: () => undefined, comment: ({ text }) => void found.push(text.trim()) });
  return found;
}
