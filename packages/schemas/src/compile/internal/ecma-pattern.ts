/** `([a-z]+[.]?)+`: every split of a run of letters matches, and a backtracking engine tries them all. */
const AMBIGUOUS = /\((\[[^\]]+\]\+)(\[[^\]]+\]|\([^()]+\))\?\)\+/g;

/** Names of RE2's character classes, as they stand in a class. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/**
 * The pattern of a JavaScript engine that matches what the server's RE2 matches: that one has one-letter Unicode
 * classes without braces, names of classes, `\A`, `\z`, `(?P<name>…)` and `(?i)` in front.
 *
 * It also needs no care for patterns that take another engine exponential time; those become ones with a single way to
 * match the same: `(a+b?)+` is `a+(ba+)*b?`.
 */
export function ecmaPattern(pattern: string): string {
  const written = pattern
    .replace(/\\([pP])([A-Z])/g, "\\$1{$2}")
    .replace(/\[:([a-z]+):\]/g, (all, name: string) => CLASSES[name] ?? all)
    .replace(/\(\?P</g, "(?<")
    .replace(/(^|[^\\])\\A/g, "$1^")
    .replace(/(^|[^\\])\\z/g, "$1$")
    .replace(AMBIGUOUS, "$1($2$1)*$2?");
  return inAnyCase(written);
}

/** Flags inside a pattern are too new for every engine, so each letter becomes a class of two. */
function inAnyCase(pattern: string): string {
  const [, start = "", rest] = /^(\^?)\(\?i\)([^\\[]*)$/.exec(pattern) ?? [];
  if (rest === undefined) return pattern;
  return start + rest.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);
}
