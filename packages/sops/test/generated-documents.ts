import fc from "fast-check";
import type { Selection, SopsMapping } from "../src/index.ts";

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }).filter((value) => value.isWellFormed()),
  // Each of these is read as something else by one YAML reader or another.
  fc.constantFrom(
    ..."yes|0777|1e3|12:30|2024-01-02|- a|a: b|# x|a #b|true|null|~||=|<<|0x1f|1_000|.5|-|?|a:|'q'|%x|@x|!t|&a|*a|{}|[]".split(
      "|",
    ),
    ...[
      "line\nline2\n",
      "  lead\nx",
      "x\n\n",
      "tail \ny",
      "\ttab\nx",
      "|",
      "> x",
      "\u2028x",
      "\u0085",
      "\ufeffx",
      "x\r\ny",
      "---",
    ],
  ),
);
const leaf = fc.oneof(
  text,
  text,
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const key = fc
  .oneof(fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }), text)
  .filter((name) => name !== "sops");
const { node } = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(key, tie("node"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
/** Plaintext documents: whatever YAML and SOPS can hold, with strings that are easily read as something else. */
export const document = fc.dictionary(key, node, {
  minKeys: 1,
  maxKeys: 5,
  noNullPrototype: true,
}) as fc.Arbitrary<SopsMapping>;
/** A selection rule, or none. */
export const selection = fc.constantFrom<Selection>(
  {},
  { encryptedRegex: "^[a-m]" },
  { unencryptedRegex: "[a-m]" },
  { encryptedSuffix: "a" },
  { unencryptedSuffix: "e" },
);

/** JSON has neither big integers nor a negative zero. */
export function asJson(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asJson(inner)]));
}

const breaks = /[\n\r\u0085\u2028\u2029]/;

/** sops itself cannot read again what it makes of a key with a line break. */
export function hasBrokenKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]) => (!Array.isArray(value) && breaks.test(name)) || hasBrokenKey(inner),
  );
}

/** sops 3.12.2 also writes such strings as `|` blocks that it cannot read again. */
export function hasBrokenString(value: unknown): boolean {
  if (typeof value === "string") return /^[\s\u0085]/.test(value) && breaks.test(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasBrokenString);
}

/** sops cannot print such a document as JSON. */
export function hasInfinity(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasInfinity);
}

/** The rule as `.sops.yaml` and the metadata of a file write it. */
export function selectionKeys(rule: Selection): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(rule).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      String(value),
    ]),
  );
}
