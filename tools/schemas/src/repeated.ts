import type { CompactSchema } from "@idstack/schemas";
import { mapChildren } from "./map-children.ts";
import { pascalCase } from "./names.ts";

/** Below this many characters a shared definition is harder to read than the repetition. */
const WORTH_NAMING = 200;

/**
 * Gives object schemas that occur several times a definition of their own: custom resources repeat pod specs and
 * selectors by the hundred. Names come from the field, numbered where two differ, never one of `taken`.
 *
 * @returns the roots with the repetitions replaced, and the definitions.
 */
export function shareRepeated(
  roots: ReadonlyMap<string, CompactSchema>,
  taken: ReadonlySet<string>,
): { roots: Map<string, CompactSchema>; definitions: Map<string, CompactSchema> } {
  const seen = new Map<string, number>();
  for (const root of roots.values()) mapChildren(root, (child) => count(child, seen));

  const names = new Map<string, string>();
  const definitions = new Map<string, CompactSchema>();
  const used = new Set(taken);
  const replace = (schema: CompactSchema, field: string): CompactSchema => {
    const text = JSON.stringify(schema);
    if ((seen.get(text) ?? 0) < 2) return mapChildren(schema, replace);
    let name = names.get(text);
    if (name === undefined) {
      name = freeName(pascalCase(field), used);
      names.set(text, name);
      definitions.set(name, mapChildren(schema, replace));
    }
    return { $ref: `#/definitions/${name}` };
  };
  const replaced = new Map([...roots].map(([name, root]) => [name, mapChildren(root, replace)]));
  return { roots: replaced, definitions };
}

/** Counts candidates; what is inside a repetition counts once, since it will be written once. */
function count(schema: CompactSchema, seen: Map<string, number>): CompactSchema {
  const text = JSON.stringify(schema);
  const candidate = schema.properties !== undefined && schema.additionalProperties === false;
  if (candidate && text.length >= WORTH_NAMING) {
    const times = seen.get(text) ?? 0;
    seen.set(text, times + 1);
    if (times > 0) return schema;
  }
  return mapChildren(schema, (child) => count(child, seen));
}

function freeName(wanted: string, used: Set<string>): string {
  let name = wanted;
  for (let n = 2; used.has(name); n++) name = `${wanted}${n}`;
  used.add(name);
  return name;
}
