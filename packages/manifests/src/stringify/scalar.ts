/**
 * Words that some reader takes for a boolean or null. YAML 1.1 has more of them than 1.2; go-yaml, PyYAML and Ruby
 * each know a different subset, so all are quoted, in any case.
 */
const words = new Set(["true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", ""]);

/** May be a number (some readers take `e0` for one), a time, a date or a version (1.2.3 is a float in YAML 1.1). */
const numberLike = /^[-+.]?[0-9.][0-9a-fA-F_xXoObBeE.,:+\-TZtz ]*$|^[-+]?\.(?:inf|nan)$|^[-+]?e[-+]?\d+$/i;

/** First characters that start no other construct, in any YAML version. */
const plainStart = /^(?:[\p{L}\p{Nd}_/.$(+^]|-[^\s-]|--[^-])/u;

/** What a plain scalar cannot hold: `: ` and ` #` end it, and a trailing `:` makes it a key. */
const plainEnd = /: |:$| #|\s$/;

/** Characters that a reader may change or refuse unless they are escaped: controls, NEL, LS, PS, BOM, halves of pairs. */
const special = /[\p{Cc}\p{Cf}\u2028\u2029\p{Cs}\p{Co}\p{Cn}]/u;
const everySpecial = new RegExp(special.source, "gu");

/** A string on one line, quoted wherever a YAML 1.1 or 1.2 reader could take it for something else. */
export function inlineString(text: string): string {
  if (special.test(text)) return doubleQuoted(text);
  const plain =
    plainStart.test(text) &&
    !plainEnd.test(text) &&
    !words.has(text.toLowerCase()) &&
    !numberLike.test(text) &&
    !text.startsWith("...");
  if (plain) return text;
  return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

/** JSON's escapes are YAML's; what JSON leaves alone but YAML 1.1 readers fold or refuse is escaped as well. */
function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(everySpecial, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/**
 * Header and lines of a literal block, or `undefined` where a block would not keep the string: other control
 * characters, or lines of only blanks (which readers treat differently).
 */
export function literalBlock(text: string): { readonly header: string; readonly lines: readonly string[] } | undefined {
  if (!text.includes("\n") || special.test(text.replaceAll(/[\n\t]/g, ""))) return undefined;
  const body = text.replace(/\n+$/, "");
  const lines = body.split("\n");
  if (body === "" || lines.some((line) => line !== "" && line.trim() === "")) return undefined;
  const newlines = text.length - body.length;
  const chomp = newlines === 0 ? "-" : newlines === 1 ? "" : "+";
  // A first line that starts with a blank, or is empty, would blur the indentation: the header tells it.
  const indent = /^\s/.test(body) ? "2" : "";
  return { header: `|${indent}${chomp}`, lines: [...lines, ...new Array<string>(Math.max(0, newlines - 1)).fill("")] };
}

/** A number as every YAML version reads it: an exponent needs a dot before it in 1.1. */
export function numberText(value: number): string {
  const text = String(Object.is(value, -0) ? 0 : value);
  return /^-?\d+e/.test(text) ? text.replace("e", ".0e") : text;
}
