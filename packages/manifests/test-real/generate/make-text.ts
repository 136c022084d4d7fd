import type { Random } from "@idstack/tool-real";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { ALL_TEXTS, TEXTS } from "./formats.ts";
import type { Schema } from "./schema.ts";

const compiled = new Map<string, RE2JS>();

/** Whether a text matches in the server's regular expressions. */
export function matches(pattern: string, text: string): boolean {
  const expression = compiled.get(pattern) ?? RE2JS.compile(pattern);
  compiled.set(pattern, expression);
  return expression.matcher(text).find();
}

/** A text that the schemas allow, or `undefined` when none was found. */
export function makeText(schemas: readonly Schema[], random: Random): string | undefined {
  const fits = candidates(schemas).filter((text) => schemas.every((schema) => allows(schema, text)));
  const filled = fits.filter((text) => text !== "");
  return fits.length === 0 ? undefined : random.pick(filled.length > 0 && !random.chance(0.02) ? filled : fits);
}

/** A text that breaks the pattern or the length of a schema as often as it does not. */
export function makeOddText(schema: Schema, random: Random): string {
  return random.pick(candidates([schema]));
}

function allows(schema: Schema, text: string): boolean {
  const length = [...text].length;
  if (length < (schema.minLength ?? 0) || length > (schema.maxLength ?? Number.POSITIVE_INFINITY)) return false;
  if (schema.enum !== undefined && !schema.enum.includes(text)) return false;
  if (schema.pattern !== undefined && !matches(schema.pattern, text)) return false;
  return rightFor(schema.format, text);
}

/** How many of the {@link TEXTS} of a format, from the first, are right: those come first. */
const RIGHT: Readonly<Record<string, number>> = {
  "date-time": 4,
  byte: 1,
  cidr: 6,
  ipv4: 2,
  ipv6: 3,
  uuid: 2,
};

/** Whether a text is one of those that are certainly right for a format. */
export function rightFor(format: string | undefined, text: string): boolean {
  const right = format === undefined ? undefined : RIGHT[format];
  return right === undefined || (TEXTS[format ?? ""] ?? []).slice(0, right).includes(text);
}

const known = new Map<string, readonly string[]>();

function candidates(schemas: readonly Schema[]): readonly string[] {
  const key = JSON.stringify(schemas.map(({ pattern, minLength, maxLength }) => [pattern, minLength, maxLength]));
  let texts = known.get(key);
  if (texts === undefined) {
    texts = [...ALL_TEXTS, ...schemas.flatMap((schema) => [...ofLength(schema), ...ofPattern(schema.pattern)])];
    known.set(key, texts);
  }
  return texts;
}

function ofLength({ minLength, maxLength }: Schema): string[] {
  const lengths = [minLength, maxLength].filter((length) => length !== undefined && length < 5000) as number[];
  return lengths.flatMap((length) => [
    "a".repeat(length),
    "a".repeat(length + 1),
    "𝒳".repeat(length),
    "1".repeat(length),
  ]);
}

function ofPattern(pattern: string | undefined): string[] {
  if (pattern === undefined) return [];
  const expression = new RegExp(pattern.replace("\\PC", "\\P{C}").replace("(?i)", ""), "u");
  const sample = (size: "xsmall" | "small"): string[] =>
    fc.sample(fc.stringMatching(expression, { size }), { seed: 1, numRuns: 12 });
  // Letters that every version of Unicode has in the same category.
  return [...sample("xsmall"), ...sample("small")].filter((text) => text.length < 2000 && !/[^\0-\u02af]/u.test(text));
}
