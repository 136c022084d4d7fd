import type { CompactSchema } from "@idstack/schemas";

/**
 * Copies a schema with the schemas of its fields, items and map values replaced; constraints (`allOf` …) stay as they
 * are. `field` is the name a child goes by: the field's own, with `Item` or `Value` for those without one.
 */
export function mapChildren(
  schema: CompactSchema,
  replace: (child: CompactSchema, field: string) => CompactSchema,
  field = "",
): CompactSchema {
  const through = (child: CompactSchema, name: string): CompactSchema =>
    child.properties === undefined && (child.items !== undefined || typeof child.additionalProperties === "object")
      ? mapChildren(child, replace, name)
      : replace(child, name);
  const out: { -readonly [K in keyof CompactSchema]: CompactSchema[K] } = { ...schema };
  if (schema.properties !== undefined) {
    out.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, child]) => [name, through(child, name)]),
    );
  }
  if (schema.items !== undefined) out.items = through(schema.items, `${field}Item`);
  if (typeof schema.additionalProperties === "object") {
    out.additionalProperties = through(schema.additionalProperties, `${field}Value`);
  }
  return out;
}
