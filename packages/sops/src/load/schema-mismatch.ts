import type { SopsMapping, SopsValue } from "../data.ts";
import { SopsError } from "../errors.ts";
import { formatKeyPath } from "../internal/position.ts";
import type { StandardIssue } from "./standard-schema.ts";

const SHOWN = 20;
/** A text that has so many characters in a row in common with a value is not shown. */
const RUN = 4;
const TYPE =
  "(?:string|number|int|integer|bigint|boolean|object|record|array|tuple|map|set|date|null|undefined|nan|symbol|function|never)";
/** Says which type was expected and which was there, in words that are no value's. */
const OF_TYPES = new RegExp(`^(?:invalid input: )?expected (?:an? )?${TYPE}(?:, received ${TYPE})?$`, "i");

/** The error for what a schema finds wrong. It holds paths and expectations, never the issues: those quote values. */
export function schemaMismatch(
  issues: readonly StandardIssue[],
  data: SopsMapping,
  vendor: string,
  file: string | undefined,
): SopsError {
  const values = [...textsOf(data)];
  const found = issues.map((issue) => ({ path: pathOf(issue), expected: expectation(issue, vendor, values) }));
  const lines = found
    .slice(0, SHOWN)
    .map(({ path, expected }) => `${path === "" ? "the document" : path}: ${expected}`);
  const more = found.length > SHOWN ? [`and ${found.length - SHOWN} more`] : [];
  const [only, second] = [...lines, ...more];
  const what = second === undefined ? ` ${only}` : [...lines, ...more].map((line) => `\n  ${line}`).join("");
  const path = found.length === 1 ? found[0]?.path : undefined;
  return new SopsError("schema-mismatch", `the secrets do not fit the schema:${what}`, { file, path });
}

/**
 * What was expected, in the words of the schema. Messages are not trusted with values: valibot and arktype quote the
 * value in theirs, and a value that the schema has transformed before could not be recognized in them.
 */
function expectation(issue: StandardIssue, vendor: string, values: readonly string[]): string {
  const expected: unknown = Reflect.get(issue, "expected");
  // valibot's and old zod's word for it; the text "undefined" would have quotes.
  if (Reflect.get(issue, "received") === "undefined") return "is missing";
  const quotes = vendor !== "zod" || Reflect.get(issue, "received") !== undefined;
  const text = typeof expected === "string" && quotes ? `expected ${expected}` : quotes ? "" : issue.message;
  if (OF_TYPES.test(text)) return text;
  return text === "" || values.some((value) => shares(text.toLowerCase(), value)) ? "does not fit" : text;
}

function shares(text: string, value: string): boolean {
  if (value.length < RUN) return text.includes(value);
  for (let at = 0; at + RUN <= text.length; at += 1) if (value.includes(text.slice(at, at + RUN))) return true;
  return false;
}

function* textsOf(value: SopsValue): Generator<string> {
  if (value === null || value === "") return;
  if (value instanceof Date) yield value.toISOString().toLowerCase();
  else if (typeof value === "object") for (const inner of Object.values(value)) yield* textsOf(inner);
  else yield String(value).toLowerCase();
}

function pathOf({ path = [] }: StandardIssue): string {
  const parts = path.map((part) => (typeof part === "object" ? part.key : part));
  return formatKeyPath(parts.map((part) => (typeof part === "symbol" ? String(part) : part)));
}
