/**
 * A regular expression of the API server (RE2 syntax) for JavaScript, or `undefined` where that has no equal: what is
 * written alike but means something else (`\s`, `.`) or is written otherwise (`(?i)`, `[[:alpha:]]`, `\A`) is replaced.
 *
 * Spec: https://github.com/google/re2/wiki/Syntax
 */
export function compileRe2(pattern: string): RegExp | undefined {
  const [prefix = "", flags = ""] = /^\(\?([is]+)\)/.exec(pattern) ?? [];
  try {
    const source = rewrite(pattern.slice(prefix.length), outside(flags.includes("s") ? "[^]" : "[^\\n]"));
    return new RegExp(source, flags.includes("i") ? "iu" : "u");
  } catch {
    return undefined;
  }
}

/** What the text at one place becomes. */
type Rule = readonly [at: RegExp, to: (...groups: string[]) => string];

/** Replaces from left to right; at each place by the first rule that applies. */
function rewrite(text: string, rules: readonly Rule[]): string {
  let out = "";
  for (let at = 0; at < text.length; ) {
    let taken = 0;
    for (const [expression, to] of rules) {
      expression.lastIndex = at;
      const match = expression.exec(text);
      if (match === null) continue;
      const [whole = "", ...groups] = match;
      out += groups.length === 0 ? to(whole) : to(...groups);
      taken = whole.length;
      break;
    }
    if (taken === 0) throw new SyntaxError(`no rule for ${text.slice(at)}`);
    at += taken;
  }
  return out;
}

const space = "\\t\\n\\f\\r ";
const same = (text: string): string => text;
const literally = (text: string): string => (/[\\^$.*+?()[\]{}|/]/.test(text) ? `\\${text}` : text);

/** Written alike within brackets and without. */
const escapes: readonly Rule[] = [
  [/\\([pP])([A-Z])/y, (sign, letter) => `\\${sign}{${letter}}`],
  [/\\([pP])\{(\w{3,})\}/y, (sign, script) => `\\${sign}{Script=${script}}`],
  [/\\[pP]\{\w+\}/y, same],
  [/\\x\{([0-9A-Fa-f]+)\}/y, (hex) => `\\u{${hex}}`],
  [/\\([0-7]{2,3})/y, (octal) => `\\u{${Number.parseInt(octal, 8).toString(16)}}`],
  [/\\a/y, () => "\\x07"],
];

function outside(dot: string): readonly Rule[] {
  return [
    [/\\Q(.*?)(?:\\E|$)/y, (text) => [...text].map(literally).join("")],
    ...escapes,
    [/\\s/y, () => `[${space}]`],
    [/\\S/y, () => `[^${space}]`],
    [/\\A/y, () => "^"],
    [/\\z/y, () => "$"],
    [/\\([^A-Za-z0-9\s])/y, literally],
    [/\\[bBdDwWfnrtvx]/y, same],
    [/\[(\^?)(\]?(?:\[:\^?[a-z]+:\]|\\[\s\S]|[^\]\\])*)\]/y, (not, members) => `[${not}${rewrite(members, inside)}]`],
    [/\(\?P?<(\w+)>/y, (name) => `(?<${name}>`],
    [/\(\?:|\((?!\?)|\{\d+(?:,\d*)?\}/y, same],
    [/\./y, () => dot],
    [/[{}\]]/y, (text) => `\\${text}`],
    [/[^\\()]|\)/uy, same],
  ];
}

const inside: readonly Rule[] = [
  ...escapes,
  [/\\s/y, () => space],
  // JavaScript leaves more out of \S than RE2 does.
  [/\\S/y, () => "\\S\\v\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"],
  [/(?<=\\[dDwWsS])-/y, () => "\\-"],
  [/\\([^A-Za-z0-9\s])/y, (text) => (text === "-" ? "\\-" : literally(text))],
  [/\\[dDwWfnrtvx]/y, same],
  [/\[:(\^?[a-z]+):\]/y, (name) => posix(name)],
  [/[[\]]/y, (text) => `\\${text}`],
  [/[^\\]/uy, same],
];

function posix(name: string): string {
  const members: Readonly<Record<string, string>> = {
    alnum: "0-9A-Za-z",
    alpha: "A-Za-z",
    digit: "0-9",
    lower: "a-z",
    punct: "!-\\/:-@\\[-`\\{-~",
    space: `${space}\\v`,
    upper: "A-Z",
    word: "\\w",
    xdigit: "0-9A-Fa-f",
  };
  const found = members[name];
  if (found === undefined) throw new SyntaxError(`[:${name}:]`);
  return found;
}
