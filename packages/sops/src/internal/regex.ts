import { RE2JS } from "re2js";
import { SopsError, type SopsErrorDetails } from "../errors.ts";

/**
 * Compiles a pattern with RE2 semantics, unanchored, as Go's `regexp` does. SOPS ignores a pattern that RE2 rejects and
 * then writes plaintext; here it is an error.
 */
export function compileRegex(pattern: string, option: string, where: SopsErrorDetails = {}): (text: string) => boolean {
  if (PLAIN.test(pattern)) {
    const plain = new RegExp(pattern);
    return (text) => plain.test(text);
  }
  const compiled = compile(pattern, option, where);
  return (text) => compiled.matcher(text).find();
}

/**
 * Names between anchors, as in most creation rules: `^(data|stringData)$`. They mean the same to RE2 and to JavaScript, and
 * RE2 unpacks its tables for the first pattern, which takes longer than to decrypt a file.
 */
const PLAIN = /^\^?(?:[\w-]+|\([\w-]+(?:\|[\w-]+)*\))\$?$/;

/** Why RE2 rejects the pattern, or undefined when it does not. */
export function regexProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "not a regular expression";
  }
}

/** Files of a tree share a few patterns, and compiling one takes longer than all its matches in a file. */
const COMPILED = new Map<string, RE2JS>();
const MOST = 100;

function compile(pattern: string, option: string, where: SopsErrorDetails): RE2JS {
  const known = COMPILED.get(pattern);
  if (known !== undefined) return known;
  try {
    const compiled = RE2JS.compile(pattern);
    if (COMPILED.size >= MOST) COMPILED.clear();
    COMPILED.set(pattern, compiled);
    return compiled;
  } catch (cause) {
    const problem = regexProblem(pattern) ?? "not a regular expression";
    throw new SopsError("invalid-regex", `${option} is not a regular expression RE2 accepts: ${problem}`, {
      ...where,
      cause,
    });
  }
}
