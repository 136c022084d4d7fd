import { RE2JS } from "re2js";

/** A condition of an HTTP rule, matched against the whole text. */
export interface Pattern {
  readonly text: string;
  test(text: string): boolean;
}

/**
 * Compiles a regular expression of Cilium's HTTP rules. Envoy matches with RE2 and against the whole text, so RE2 it is
 * here as well: the same syntax (no look-around, no back references) and no pattern that runs for ever.
 *
 * @throws Error when the agent would refuse the pattern.
 */
export function compileAnchored(pattern: string): Pattern {
  const compiled = RE2JS.compile(pattern);
  return { text: pattern, test: (text) => compiled.matches(text) };
}
