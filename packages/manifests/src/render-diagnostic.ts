import type { Diagnostic, Severity } from "./diagnostic.ts";

/** Options of {@link renderDiagnostic}. */
export interface RenderOptions {
  /** Text of the file the diagnostic is about: shows the line, with a caret under the column. */
  readonly source?: string | undefined;
  /** Colour for terminals; off by default. */
  readonly color?: boolean | undefined;
}

const colors: Readonly<Record<Severity, string>> = { error: "\u001b[31m", warning: "\u001b[33m", info: "\u001b[36m" };
const bold = "\u001b[1m";
const dim = "\u001b[2m";
const reset = "\u001b[0m";

/**
 * A diagnostic as text for people: position, severity, code and message; path; the source line with a caret; help.
 * Without a trailing line break, and without the source line where it is a value under `data` or `stringData`.
 *
 * @example
 * ```ts
 * import { parseManifests, renderDiagnostic, validate } from "@idstack/manifests";
 * const source = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndat: {}\n";
 * const [first] = validate(parseManifests(source, { file: "a.yaml" }).documents);
 * if (first) console.log(renderDiagnostic(first, { source }));
 * ```
 * ```text
 * a.yaml:4:1 error unknown-field: unknown field dat
 *   at dat
 *   4 | dat: {}
 *     | ^
 *   Did you mean data?
 * ```
 */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const { code, severity, message, path, help, line, column } = diagnostic;
  const paint = (style: string, text: string) => (options.color === true ? `${style}${text}${reset}` : text);
  const where = position(diagnostic);
  const lines = [
    `${where === "" ? "" : `${paint(bold, oneLine(where))} `}${paint(colors[severity], severity)} ${paint(dim, `${code}:`)} ${oneLine(message)}`,
  ];
  if (path !== undefined && path !== "") lines.push(`  ${paint(dim, `at ${oneLine(path)}`)}`);
  const excerpt = line === undefined || mayBeSecret(path) ? undefined : options.source?.split(/\r?\n/)[line - 1];
  if (excerpt !== undefined && line !== undefined)
    lines.push(...withCaret(excerpt, line, column, paint, colors[severity]));
  if (help !== undefined) lines.push(`  ${oneLine(help)}`);
  return lines.join("\n");
}

/**
 * Several diagnostics, an empty line between them. `sources` gives the text of a file for the excerpts: a map, or the
 * `files` of `readTree`.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: {
    readonly sources?:
      | ReadonlyMap<string, string>
      | readonly { readonly path: string; readonly text: string }[]
      | undefined;
    readonly color?: boolean | undefined;
  } = {},
): string {
  const { sources = [], color } = options;
  const texts =
    sources instanceof Map
      ? sources
      : new Map([...sources].map((entry) => ("path" in entry ? [entry.path, entry.text] : entry)));
  return diagnostics
    .map((diagnostic) => renderDiagnostic(diagnostic, { source: texts.get(diagnostic.file ?? ""), color }))
    .join("\n\n");
}

function position({ file, line, column }: Diagnostic): string {
  const parts = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined);
  return file === undefined && line !== undefined ? `line ${parts.join(":")}` : parts.join(":");
}

/** Lines with values of a Secret (or ConfigMap) are not shown: output ends up in logs. */
function mayBeSecret(path: string | undefined): boolean {
  return path !== undefined && /^(?:data|stringData)[.[]/.test(path);
}

const width = 100;

function withCaret(
  text: string,
  line: number,
  column: number | undefined,
  paint: (style: string, text: string) => string,
  color: string,
): string[] {
  const at = Math.max(0, (column ?? 1) - 1);
  // A long line is cut so that the column stays visible.
  const start = at > width - 20 ? at - 40 : 0;
  const shown = oneLine(text.slice(start, start + width));
  const cut = start > 0 ? "…" : "";
  const gutter = String(line).length;
  const blank = " ".repeat(cut.length + at - start);
  const lines = [`  ${paint(dim, `${line} |`)} ${cut}${shown}${text.length > start + width ? "…" : ""}`];
  if (column !== undefined) lines.push(`  ${paint(dim, `${" ".repeat(gutter)} |`)} ${blank}${paint(color, "^")}`);
  return lines;
}

/** File content reaches a terminal here: control characters must not act there, and tabs would shift the caret. */
function oneLine(text: string): string {
  return text.replace(/\t/g, " ").replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
}
