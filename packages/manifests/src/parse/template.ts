import { type Document, isCollection, visit } from "yaml";

const markers = /\{\{|\{%|\{#|<%|\$\{\w/;

/**
 * Offset of the first template marker if a document fails as YAML because it is a template, else `undefined`.
 *
 * Markers alone prove nothing: `"{{ .Name }}"` in quotes and `${VAR}` in a plain scalar are strings that Argo CD
 * ApplicationSets and Flux substitutions need. Only a syntax error, or a mapping used as a key (how YAML reads an
 * unquoted `{{ x }}`), makes it a template.
 */
export function templateOffset(document: Document.Parsed, text: string): number | undefined {
  const [start, , end] = document.range;
  const own = text.slice(start, end).search(markers);
  const broken = document.errors.some((error) => error.code !== "DUPLICATE_KEY");
  if (own >= 0) return broken || hasMappingKey(document) ? start + own : undefined;
  // A block such as {{- if }} … {{- end }} may span documents; its tag then stands on a line of its own.
  const outside = broken ? text.search(/^\s*(?:\{\{-?|\{%)/m) : -1;
  return outside < 0 ? undefined : outside;
}

function hasMappingKey(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Pair(_, pair) {
      if (!isCollection(pair.key)) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}
