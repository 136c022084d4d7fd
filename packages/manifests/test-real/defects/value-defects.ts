import { ALL_TEXTS, TEXTS } from "../generate/formats.ts";
import { makeOddText } from "../generate/make-text.ts";
import { isMapping, type Schema } from "../generate/schema.ts";
import { type Defect, replacedBy } from "./defect.ts";
import type { Site } from "./sites.ts";

const isText = ({ value }: Site): boolean => typeof value === "string";
const hasKeys = ({ value }: Site): boolean => isMapping(value) && Object.keys(value).length > 0;

/** What may be wrong about a value. */
export const valueDefects: { readonly [name: string]: Defect } = {
  "wrong type": {
    fits: ({ path }) => path.length > 0,
    damage: replacedBy(({ value }, random) => random.pick(WRONG.filter((other) => kindOf(other) !== kindOf(value)))),
  },
  "number as text": {
    fits: ({ value }) => typeof value === "number" || typeof value === "boolean",
    damage: replacedBy(({ value }) => String(value)),
  },
  "odd number": {
    fits: ({ schema }) =>
      schema.type === "integer" || schema.type === "number" || schema["x-kubernetes-int-or-string"] === true,
    damage: replacedBy((_, random) =>
      random.pick([
        1.5,
        -1,
        0,
        -0,
        2 ** 31,
        -(2 ** 31) - 1,
        2 ** 53,
        2 ** 53 + 2,
        2 ** 62,
        1e19,
        1e30,
        1e-7,
        -1e19,
        65536,
      ]),
    ),
  },
  "out of bounds": {
    fits: ({ schema, value }) => typeof value === "number" && boundsOf(schema).length > 0,
    damage: replacedBy(({ schema }, random) =>
      random.pick(boundsOf(schema).flatMap((bound) => [bound, bound - 1, bound + 1, bound + 0.5])),
    ),
  },
  "bad enum": {
    fits: ({ schema }) => schema.enum !== undefined,
    damage: replacedBy(({ value }, random) =>
      random.pick(["", "zzz", `${value}x`, String(value).toLowerCase(), String(value).toUpperCase(), `${value} `]),
    ),
  },
  "bad length or pattern": {
    fits: (site) =>
      isText(site) &&
      (site.schema.pattern !== undefined || site.schema.maxLength !== undefined || site.schema.minLength !== undefined),
    damage: replacedBy(({ schema }, random) => makeOddText(schema, random)),
  },
  "bad format": {
    fits: (site) => isText(site) && TEXTS[site.schema.format ?? ""] !== undefined,
    damage: replacedBy(({ schema }, random) => random.pick(TEXTS[schema.format ?? ""] ?? [])),
  },
  "odd text": { fits: isText, damage: replacedBy((_, random) => random.pick(ALL_TEXTS)) },
  "extra nesting": {
    fits: ({ path }) => path.length > 0,
    damage: replacedBy(({ value }, random) => random.pick<unknown>([[value], { value }, { spec: value }, [[value]]])),
  },
  "missing nesting": {
    fits: (site) => site.path.length > 0 && (hasKeys(site) || (Array.isArray(site.value) && site.value.length > 0)),
    damage: replacedBy(({ value }, random) => random.pick(Object.values(value as object))),
  },
  null: { fits: ({ path }) => path.length > 0, damage: replacedBy(() => null) },
  empty: {
    fits: ({ path }) => path.length > 0,
    damage: replacedBy((_, random) => random.pick<unknown>(["", {}, [], [{}], [""]])),
  },
};

/** Bounds that JavaScript can be exact about. */
function boundsOf({ minimum, maximum }: Schema): number[] {
  return [minimum, maximum].filter((bound) => bound !== undefined).filter((bound) => Math.abs(bound) < 2 ** 52);
}

const WRONG: readonly unknown[] = ["text", "1", 1, 1.5, true, {}, { a: 1 }, [], ["a"], [{}]];

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}
