import { catalog, loadGroupVersion } from "@idstack/schemas";
import { RE2JS } from "re2js";
import { expect, test } from "vitest";
import { compileRe2 } from "../../src/validate/re2.ts";

const texts = [
  ...[
    "",
    "a",
    "A",
    "é",
    "_",
    "-",
    ".",
    " ",
    "\t",
    "\n",
    "\r",
    "\v",
    "\u00a0",
    "\u2028",
    "0",
    "a\nb",
    "a.b",
    "ab",
    "aab",
  ],
  ...["{", "}", "]", "[", "{2}", "a{2}", "\\", "/", "^", "$", "😀", "K", "\x07", "A-Z", "αβ", "a b", '"', "%", "a-b"],
];

test.each([
  "^\\s$",
  "^\\S$",
  "^[\\s-]$",
  "^[\\S]$",
  "^[^\\s]$",
  "^.$",
  "^a.b$",
  "(?i)^a+$",
  "(?s)^a.b$",
  "(?is)^A.B$",
  "\\Aab\\z",
  "^[[:alpha:]]+$",
  "^[^[:alpha:]_]$",
  "^[[:punct:]]$",
  "^[[:space:]]$",
  "^\\pL+$",
  "^\\p{L}+$",
  "^\\PL$",
  "^\\p{Greek}+$",
  "^[\\p{Greek}\\pN]+$",
  "^\\x{61}$",
  "^\\x61$",
  "^\\141$",
  "^[\\x{61}-\\x{63}]+$",
  "^\\Qa.b\\E$",
  "^\\Q[{$",
  "^a{2}b$",
  "^a{2,}|b{1,2}$",
  "^{$",
  "^}$",
  "^]$",
  "^[]a]$",
  "^[^]a]$",
  "^[[]$",
  "^[\\w-.]+$",
  "^[a\\-b]+$",
  "^a\\-b$",
  '^\\"$',
  "^\\%$",
  "^\\_$",
  "^\\/$",
  "^[\\/\\^\\]]$",
  "(?P<name>a)b",
  "(?<name>a)b",
  "^(?:a|b)+$",
  "\\bab\\b",
  "^\\a$",
  "^[^\\x00-\\x7f]$",
  "^😀$",
  "^[😀]$",
])("%s", (pattern) => {
  const server = RE2JS.compile(pattern);
  const ours = compileRe2(pattern);
  expect(ours).toBeDefined();
  expect(texts.filter((text) => ours?.test(text))).toEqual(texts.filter((text) => server.matcher(text).find()));
});

test.each(["^(?i:a)b$", "a(?i)b", "(?m)^a$", "(?U)a+", "[[:^alpha:]]", "\\Cb", "(", "[z-a]"])(
  "%s checks nothing: JavaScript cannot say it",
  (pattern) => expect(compileRe2(pattern)).toBeUndefined(),
);

test("every recorded pattern can be checked", () => {
  const apiVersions = new Set(catalog.map(({ apiVersion }) => apiVersion));
  const text = [...apiVersions].map((apiVersion) => JSON.stringify(loadGroupVersion(apiVersion))).join("\n");
  const patterns = new Set(
    [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, json = '""']) => JSON.parse(json) as string),
  );
  expect(patterns.size).toBeGreaterThan(50);
  expect([...patterns].filter((pattern) => compileRe2(pattern) === undefined)).toEqual([]);
});
