import { parseManifests, stringify, validate } from "../../src/index.ts";
import type { Case } from "../generate/cases.ts";

export interface TypoFinding {
  /** The name that was meant is suggested. */
  readonly suggested: boolean;
  /** Line and column are those of the misspelt key in the YAML text. */
  readonly located: boolean;
  readonly help: string;
}

/** What is said about a misspelt field in YAML text, or `undefined` where any field is allowed. */
export function findTypo({ object, typo }: Case): TypoFinding | undefined {
  if (typo === undefined) return undefined;
  const text = stringify(object);
  const { documents } = parseManifests(text, { file: "typo.yaml" });
  const found = validate(documents).find(
    ({ code, message }) => code === "unknown-field" && message.endsWith(` ${typo.is}`),
  );
  if (found === undefined) return undefined;
  const { line = 0, column = 0, file, help = "" } = found;
  const written = text.split("\n")[line - 1]?.slice(column - 1) ?? "";
  return {
    suggested: help === `Did you mean ${typo.was}?`,
    located:
      file === "typo.yaml" && [typo.is, `"${typo.is}"`, `'${typo.is}'`].some((key) => written.startsWith(`${key}:`)),
    help,
  };
}
