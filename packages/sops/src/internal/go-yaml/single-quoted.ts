const BREAK = /[\n\r\u0085\u2028\u2029]/;

/** Characters that are line breaks to go-yaml, and letters to YAML 1.2. */
export const OTHER_BREAK = /[\u0085\u2028\u2029]/;

/** The value of `'…'` to go-yaml, where sops writes strings with line breaks other than `\n`. */
export function singleQuoted(source: string): string {
  const inner = source.slice(1, -1).replaceAll("''", "'");
  let value = "";
  let at = 0;
  while (at < inner.length) {
    const char = inner.charAt(at);
    if (char !== " " && char !== "\t" && !BREAK.test(char)) {
      value += char;
      at += 1;
      continue;
    }
    const gap = /^[ \t\n\r\u0085\u2028\u2029]+/.exec(inner.slice(at))?.[0] ?? "";
    value += folded(gap);
    at += gap.length;
  }
  return value;
}

/** One line break is a space, two are one; those that are none to YAML 1.2 stay. */
function folded(gap: string): string {
  const [first, ...more] = (gap.match(/\r\n|[\n\r\u0085\u2028\u2029]/g) ?? []).map((one) =>
    /[\u2028\u2029]/.test(one) ? one : "\n",
  );
  if (first === undefined) return gap;
  if (first === "\n") return more.length === 0 ? " " : more.join("");
  return first + more.join("");
}
