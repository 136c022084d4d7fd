import { identityOf } from "../generate/make-value.ts";
import { isMapping } from "../generate/schema.ts";
import { type Defect, replacedBy } from "./defect.ts";
import { withValue } from "./sites.ts";

/** What may be wrong about the items of a list. */
export const listDefects: { readonly [name: string]: Defect } = {
  "too many or few items": {
    fits: ({ value, schema }) =>
      Array.isArray(value) && (schema.maxItems ?? schema.minItems) !== undefined && (schema.maxItems ?? 0) < 300,
    damage: replacedBy(({ value, schema }, random) => {
      const items = value as unknown[];
      const wanted =
        random.pick([schema.minItems, schema.maxItems].filter((size) => size !== undefined)) + random.int(-1, 1);
      return Array.from({ length: Math.max(0, wanted) }, (_, index) => items[index] ?? numbered(items[0], index));
    }),
  },
  "duplicate item": {
    fits: ({ value, schema }) => Array.isArray(value) && value.length > 0 && identityOf(value[0], schema) !== undefined,
    damage: replacedBy(({ value, schema }, random) => {
      const items = value as unknown[];
      const copy = random.pick(items);
      const keys = schema["x-kubernetes-list-map-keys"] ?? [];
      if (isMapping(copy) && keys.length > 0 && random.chance(0.4)) {
        const slim = Object.fromEntries(Object.entries(copy).filter(([name]) => keys.includes(name)));
        return [...items, random.chance(0.3) ? withValue(slim, [random.pick(keys)], undefined) : slim];
      }
      return [...items, copy];
    }),
  },
  "null item": {
    fits: ({ value }) => Array.isArray(value),
    damage: replacedBy(({ value }) => [...(value as unknown[]), null]),
  },
};

/** Another item, so that a longer list has no two alike. */
function numbered(item: unknown, index: number): unknown {
  if (typeof item === "string") return `${item}${index}`;
  if (typeof item === "number") return item + index;
  if (!isMapping(item)) return item ?? `item${index}`;
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === "string" && /name|key|id/i.test(name) ? `${value}${index}` : value,
    ]),
  );
}
