import type { Diagnostic, Severity } from "./diagnostic.ts";
import { SourceText } from "./internal/source-text.ts";
import type { TextFile } from "./read-tree.ts";

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
 * Without a trailing line break, and without the source line where it may hold a secret: under `data` or `stringData`,
 * anywhere in a document that is a Secret, has a `sops` block or a private key, and in files named like `db.sops.yaml`,
 * `db.enc.yaml` or `secrets.yaml`.
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
  const { source, color } = options;
  return render(diagnostic, source === undefined ? undefined : new SourceText(source, diagnostic.file), color === true);
}

/**
 * Several diagnostics, an empty line between them. `sources` gives the text of a file for the excerpts: a map, or the
 * `files` of `readTree`.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: {
    readonly sources?: ReadonlyMap<string, string> | readonly TextFile[] | undefined;
    readonly color?: boolean | undefined;
  } = {},
): string {
  const { sources = [], color } = options;
  const texts =
    sources instanceof Map
      ? sources
      : new Map(Array.from(sources as readonly TextFile[], ({ path, text }) => [path, text]));
  const named = new Set(diagnostics.flatMap(({ file }) => file ?? []));
  const files = new Map(
    [...named].flatMap((file) => {
      const text = texts.get(file);
      return text === undefined ? [] : [[file, new SourceText(text, file)]];
    }),
  );
  return diagnostics
    .map((diagnostic) => render(diagnostic, files.get(diagnostic.file ?? ""), color === true))
    .join("\n\n");
}

function render(diagnostic: Diagnostic, source: SourceText | undefined, color: boolean): string {
  const { code, severity, message, path, help, line, column } = diagnostic;
  const paint = (style: string, text: string) => (color ? `${style}${text}${reset}` : text);
  const where = position(diagnostic);
  const lines = [
    `${where === "" ? "" : `${paint(bold, oneLine(where))} `}${paint(colors[severity], severity)} ${paint(dim, `${code}:`)} ${oneLine(message)}`,
  ];
  if (path !== undefined && path !== "") lines.push(`  ${paint(dim, `at ${oneLine(path)}`)}`);
  const excerpt = line === undefined || mayBeSecret(path) ? undefined : source?.line(line);
  if (excerpt !== undefined && line !== undefined)
    lines.push(...withCaret(excerpt, line, column, paint, colors[severity]));
  if (help !== undefined) lines.push(`  ${oneLine(help)}`);
  return lines.join("\n");
}

function position({ file, line, column }: Diagnostic): string {
  const parts = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined);
  return file === undefined && line !== undefined ? `line ${parts.join(":")}` : parts.join(":");
}

/** Values of a ConfigMap are not shown either: too many of them are passwords. */
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
