import type { CompactSchema } from "../../format.ts";

/** Field names from a root to a schema; `item` and `value` stand for what a list or a map holds. */
export type FieldPath = readonly string[];

/**
 * Copies a schema with the schemas of its fields replaced, also those in lists and maps; constraints (`allOf` …) stay
 * as they are.
 */
export function mapChildren(
  schema: CompactSchema,
  path: FieldPath,
  replace: (child: CompactSchema, path: FieldPath) => CompactSchema,
): CompactSchema {
  const descend = (child: CompactSchema, name: string): CompactSchema => {
    const isContainer = child.items !== undefined || typeof child.additionalProperties === "object";
    const to = [...path, name];
    return isContainer && child.properties === undefined ? mapChildren(child, to, replace) : replace(child, to);
  };
  const out: { -readonly [K in keyof CompactSchema]: CompactSchema[K] } = { ...schema };
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(([name, child]) => [name, descend(child, name)]);
    out.properties = Object.fromEntries(fields);
  }
  if (schema.items !== undefined) out.items = descend(schema.items, "item");
  if (typeof schema.additionalProperties === "object") {
    out.additionalProperties = descend(schema.additionalProperties, "value");
  }
  return out;
}
