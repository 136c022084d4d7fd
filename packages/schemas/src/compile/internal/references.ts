import type { CompactSchema } from "../../format.ts";

const PREFIX = "#/definitions/";

/** Name of the definition a schema points to, if it is a reference. */
export function referenceName(schema: CompactSchema): string | undefined {
  return schema.$ref?.slice(PREFIX.length);
}

/** Names of every definition a schema mentions, in order, with repetitions. */
export function references(schema: CompactSchema): string[] {
  const name = referenceName(schema);
  if (name !== undefined) return [name];
  const { properties, items, additionalProperties, allOf, anyOf, oneOf, not } = schema;
  const children = [...Object.values(properties ?? {}), ...(allOf ?? []), ...(anyOf ?? []), ...(oneOf ?? [])];
  if (items !== undefined) children.push(items);
  if (typeof additionalProperties === "object") children.push(additionalProperties);
  if (not !== undefined) children.push(not);
  return children.flatMap(references);
}

/** Names of the definitions that the roots need, directly or through others. */
export function reachable(
  roots: readonly CompactSchema[],
  definitions: ReadonlyMap<string, CompactSchema>,
): Set<string> {
  const found = new Set<string>();
  const waiting = roots.flatMap(references);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const schema = definitions.get(name);
    if (schema !== undefined) waiting.push(...references(schema));
  }
  return found;
}
