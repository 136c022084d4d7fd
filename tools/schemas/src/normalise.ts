/** Documentation, which is four fifths of what a server serves. */
const DOCUMENTATION = new Set(["description", "example", "externalDocs", "title"]);
const ONE = new Set(["items", "additionalProperties", "not"]);
const MANY = new Set(["allOf", "anyOf", "oneOf"]);

/** A schema without documentation, its keys in order. A field that is called `description` is no documentation. */
export function normaliseSchema(schema: unknown): unknown {
  if (!isMapping(schema)) return schema;
  const kept = Object.entries(schema).filter(([keyword]) => !DOCUMENTATION.has(keyword));
  return sorted(kept.map(([keyword, value]) => [keyword, normaliseKeyword(keyword, value)]));
}

function normaliseKeyword(keyword: string, value: unknown): unknown {
  if (keyword === "properties" && isMapping(value)) {
    return sorted(Object.entries(value).map(([name, child]) => [name, normaliseSchema(child)]));
  }
  if (ONE.has(keyword)) return normaliseSchema(value);
  if (MANY.has(keyword) && Array.isArray(value)) return value.map(normaliseSchema);
  return sortKeys(value);
}

/** Plain data with the keys of every mapping in order. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  return isMapping(value) ? sorted(Object.entries(value).map(([key, child]) => [key, sortKeys(child)])) : value;
}

function sorted(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
