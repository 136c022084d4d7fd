import fc from "fast-check";
import { RE2JS } from "re2js";
import { expect, test } from "vitest";
import { compileRegex } from "../../src/internal/regex.ts";

const word = fc.stringMatching(/^[a-cA_-]{1,3}$/);
const names = fc.oneof(
  word,
  fc.array(word, { minLength: 1, maxLength: 3 }).map((each) => `(${each.join("|")})`),
);
const pattern = fc.tuple(fc.constantFrom("", "^"), names, fc.constantFrom("", "$")).map((parts) => parts.join(""));
const text = fc.stringMatching(/^[a-cA_\-\n\u0130\u{1f40e}]{0,6}$/u);

test("names between anchors mean what they mean to RE2", () => {
  fc.assert(
    fc.property(pattern, text, (source, key) => {
      expect(compileRegex(source, "encrypted_regex")(key)).toBe(RE2JS.compile(source).matcher(key).find());
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["^(data|stringData)$", "data", true],
  ["^(data|stringData)$", "data\n", false],
  ["^(data|stringData)$", "metadata", false],
  ["a$", "b\na", true],
  ["^a", "b\na", false],
  ["(?m)^a", "b\na", true],
  ["\\pL", "ä", true],
  ["a\\z", "a", true],
])("%j finds in %j: %s", (source, key, found) => {
  expect(compileRegex(source, "encrypted_regex")(key)).toBe(found);
});

test.each(["(a", "a)", "(?=a)", "\\Z", "a**"])("%j is no pattern to RE2", (source) => {
  expect(() => compileRegex(source, "encrypted_regex")).toThrow(
    "encrypted_regex is not a regular expression RE2 accepts",
  );
});
