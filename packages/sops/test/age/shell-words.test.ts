import { expect, test } from "vitest";
import { shellWords } from "../../src/age/shell-words.ts";

test.each([
  ["pass show age", ["pass", "show", "age"]],
  [`op read "op://a b/key" 'c d'e`, ["op", "read", "op://a b/key", "c de"]],
  [`a\\ b "c\\"d" '\\e' ''`, ["a b", 'c"d', "\\e", ""]],
  ["a # comment", ["a"]],
  ["a '", undefined],
  ["", []],
])("%s", (line, words) => {
  expect(shellWords(line)).toEqual(words);
});
