import type { Diagnostic } from "@idstack/manifests";
import type { RenderResult } from "../render-stack.ts";
import { excerpts } from "./excerpts.ts";

/** What `idstack render --json` prints. */
export function renderJson(result: RenderResult): string {
  const { out, objects, files, changes, leftTree, drift, diagnostics } = result;
  return `${JSON.stringify({ out, objects: objects.length, files, changes, leftTree, drift, diagnostics }, null, 2)}\n`;
}

/** What `idstack render` tells people. */
export async function renderText(
  result: RenderResult,
  { check, color }: { readonly check: boolean; readonly color: boolean },
): Promise<string> {
  const { formatRef, renderDiagnostic } = await import("@idstack/manifests");
  const { out, objects, files, changes, leftTree, drift, diagnostics, plan } = result;
  const sources = excerpts(plan.files);
  const below = (diagnostic: Diagnostic) =>
    diagnostic.file === undefined ? diagnostic : { ...diagnostic, file: `${out}/${diagnostic.file}` };
  const lines = diagnostics.map((each) =>
    renderDiagnostic(below(each), { source: sources.get(each.file ?? ""), color }),
  );
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const what = `${objects.length} objects in ${files} files`;
  if (errors > 0) {
    return `${[...lines, `${what}: ${count(errors, "error")}, so nothing was written to ${out}`].join("\n")}\n`;
  }
  // No excerpts of what stands in the folder: an edited file may hold what must not end up in a log.
  if (check) lines.push(...drift.map((each) => renderDiagnostic(below(each), { color })));
  else lines.push(...changes.map(({ path, change }) => `${change.padEnd(8)} ${out}/${path}`));
  for (const reference of leftTree) {
    lines.push(`left the tree: ${formatRef(reference)} (it keeps running until you delete it, unless pruning is on)`);
  }
  return `${[...lines, check ? checked(what, result) : `rendered ${what} to ${out}: ${changes.length} changed`].join("\n")}\n`;
}

function checked(what: string, { out, drift }: RenderResult): string {
  const differing = drift.filter(({ severity }) => severity === "error").length;
  if (differing === 0) return `checked ${what}: ${out} is up to date`;
  return `checked ${what}: ${differing} in ${out} differ; idstack render writes them, and needs --force for those edited by hand`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
