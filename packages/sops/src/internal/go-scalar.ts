import { parseTimestamp } from "./go-time.ts";
import { NULL, type Scalar, str } from "./scalar.ts";

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["true", "True", "TRUE"].map((word): [string, Scalar] => [word, { type: "bool", value: true }]),
  ...["false", "False", "FALSE"].map((word): [string, Scalar] => [word, { type: "bool", value: false }]),
  ...["", "~", "null", "Null", "NULL"].map((word): [string, Scalar] => [word, NULL]),
  ...[".nan", ".NaN", ".NAN"].map((word): [string, Scalar] => [word, { type: "float", value: Number.NaN }]),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word): [string, Scalar] => [
    word,
    { type: "float", value: Number.POSITIVE_INFINITY },
  ]),
  ...["-.inf", "-.Inf", "-.INF"].map((word): [string, Scalar] => [
    word,
    { type: "float", value: Number.NEGATIVE_INFINITY },
  ]),
]);

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

/** An integer between 2^63 and 2^64-1: Go's YAML reads it, SOPS refuses it. */
export class UnsignedTooLarge extends Error {}

/** Whether SOPS can hold the integer. */
export function isInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value <= MAX_INT64;
}

/**
 * The type of a plain (unquoted) scalar as go-yaml v3 resolves it, which is neither YAML 1.1 nor 1.2: `0777` is 511,
 * `yes` is a string, `1_000` is 1000, `2024-01-02` is a time.
 */
export function resolvePlain(source: string): Scalar {
  const word = WORDS.get(source);
  if (word !== undefined) return word;
  const first = source[0] ?? "";
  if (first === ".") return floatOf(source) ?? str(source);
  if (!/[-+0-9]/.test(first)) return str(source);
  const time = parseTimestamp(source);
  if (time !== undefined) return { type: "time", value: time };
  const plain = source.replaceAll("_", "");
  const integer = integerOf(plain);
  if (integer !== undefined) {
    if (isInt64(integer)) return { type: "int", value: integer };
    if (integer > 0n && integer <= MAX_UINT64 && !plain.startsWith("+")) throw new UnsignedTooLarge();
  }
  return floatOf(plain) ?? str(source);
}

/** `ParseInt(text, 0, 64)` without the range check. */
function integerOf(text: string): bigint | undefined {
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const magnitude =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : octal !== undefined
          ? BigInt(`0o${octal}`)
          : BigInt(decimal ?? "0");
  return sign === "-" ? -magnitude : magnitude;
}

/** Go's ParseFloat reports a range error for what overflows, and such a scalar stays a string. */
function floatOf(text: string): Scalar | undefined {
  if (!FLOAT.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? { type: "float", value } : undefined;
}
