import fc from "fast-check";

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_. -]{0,8}[a-z0-9]$/).filter((key) => !key.startsWith("sops"));
const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n\u0085\u2028\u2029]/g, "~"));
/** dotenv with values that mean nothing special to sops. */
export const dotenv = fc
  .uniqueArray(fc.tuple(name, line, fc.option(line)), { minLength: 1, maxLength: 6, selector: ([key]) => key })
  .map((lines) =>
    lines.map(([key, value, comment]) => `${comment === null ? "" : `#${comment}\n`}${key}=${value}\n`).join(""),
  );
const value = fc.oneof(
  line.filter((text) => !/[`"'\\#;]/.test(text)),
  line.map((text) => `"""${text.replaceAll('"', "")}\n;x"""`),
  fc.constantFrom("'q'", '"  q "', "`a;b`", "a ; c", "a\\\n  b", "", '"', "a'b", "=:", '"""a"b"""'),
);
const entries = fc.array(fc.tuple(name, value, fc.constantFrom("", "; one\n", "# two\n;three\n", "\n")), {
  maxLength: 4,
});
/** INI in every quoting gopkg.in/ini.v1 knows. */
export const ini = fc
  .tuple(entries, fc.array(fc.tuple(name, entries), { maxLength: 3 }))
  .map(([top, sections]) => section(top) + sections.map(([key, inner]) => `[${key}]\n${section(inner)}`).join(""));
/** Values sops writes between quotes that it cannot read again; ours come in others. */
export const QUOTED = /["'`\\]/;

function section(lines: readonly (readonly [string, string, string])[]): string {
  return lines.map(([key, inner, comment]) => `${comment}${key} = ${inner}\n`).join("");
}
