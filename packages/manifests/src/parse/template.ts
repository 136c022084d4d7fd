import type { Document } from "yaml";
import type { NodeProblem } from "./inspect-nodes.ts";

const markers = /\{\{|\{%|\{#|<%|\$\{\w/;

/**
 * Offset of the first template marker if a document fails as YAML because it is a template, else `undefined`.
 *
 * Markers alone prove nothing: `"{{ .Name }}"` in quotes and `${VAR}` in a plain scalar are strings that Argo CD
 * ApplicationSets and Flux substitutions need. Only a syntax error, or a mapping used as a key (how YAML reads an
 * unquoted `{{ x }}`), makes it a template.
 */
export function templateOffset(
  document: Document.Parsed,
  text: string,
  problems: readonly NodeProblem[],
): number | undefined {
  const broken = document.errors.length > 0;
  const mappingKey = problems.some(({ code, severity }) => code === "yaml-key" && severity === "error");
  if (!broken && !mappingKey) return undefined;
  const [start, , end] = document.range;
  const own = text.slice(start, end).search(markers);
  if (own >= 0) return start + own;
  // A block such as {{- if }} … {{- end }} may span documents; its tag then stands on a line of its own.
  const outside = broken ? text.search(/^\s*(?:\{\{-?|\{%)/m) : -1;
  return outside < 0 ? undefined : outside;
}
