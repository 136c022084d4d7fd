import fc from "fast-check";

/** Keys that patterns tell apart: case, classes of letters, white space, line breaks, letters outside of the first plane. */
export const PATTERN_KEYS: readonly string[] = unique([
  ..."a|A|b|data|stringData|Data|data2|my_key|my-key|x.y|x y|é|É|ß|ſ|K|K|k|σ|ς|Σ|日本|٣|1|007|😀|a😀b|\u00a0|a\u00a0b|\t|a\tb|ﬁ|Ⅷ|_|$|^|(|a(b|[|a[0]|\\|\\d|{2}|aa|aaa|*|+|?".split(
    "|",
  ),
  "|",
  "a|b",
  "a\nb",
  "a\r\nb",
  "\u2028",
  "\u0085x",
  "\u212a",
]);

/** Patterns that RE2 and JavaScript read alike, read differently, or that only one of them knows. */
export const ODD_PATTERNS: readonly string[] = [
  ...String.raw`(?i)data ^(?i:DATA)$ (?s)a.b a.b (?m)^b$ ^b$ (?U)a+ (?-i)A \Aa \z a\z \Qa(b\E \Q[ [[:alpha:]] [[:^alpha:]] ^[[:upper:]]$ ^[[:word:]]+$ [[:space:]] \s ^\S+$ \w ^\W$ \d ^\D+$ \bkey\b \Bey \pL ^\p{Lu} \P{L} \p{Greek} \p{Han} \p{Nd} ^\pN+$ \x41 \x{1F600} \x{E9} \C (?P<n>a)b (?<n>a)b a{2} ^a{2,3}$ a{,2} a{1001} {2} x{2}{3} a** a+? a?? (?=a) (?!a) (?<=a)b (?<!a)b (a)\1 \k<n> (?#c)a (?>a) a++ [a-z&&[^b]] [^\x00-\x7F] [\pL\d] [[:foo:]] \p{Foo} [b-a] ( ) [ ] \ a| | () a||b ^$ . .* ^.$ ^\t$ \n \r \u0041 \/ \- \_ \e \a \f \v \07 \12 \z? $a (?i)k (?i)s (?i)ß (?i)σ (?i)ſ \s| (?i)\w`.split(
    " ",
  ),
  "x y",
  "é",
  "É",
  "😀",
  "^.😀",
  "[😀é]",
  "\u00a0",
  " ",
];

const atom = fc.constantFrom(
  ...String.raw`a b data . \w \s \d [a-z] [^a] [[:alpha:]] \pL (?i:D) (a|b) \b ^ $ \x41 é 😀 (?:k) \S`.split(" "),
);
const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "+?", "{1,}");
/** Patterns made of parts; most are valid. */
export const pattern: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "", "(?i)", "(?s)", "(?U)"),
    fc.array(fc.tuple(atom, quantifier), { minLength: 1, maxLength: 4 }),
  )
  .map(([flags, parts]) => flags + parts.map((part) => part.join("")).join(""));

function unique(keys: readonly string[]): string[] {
  return [...new Set(keys)];
}
