import type { CompactSchema } from "../../format.ts";
import { type FieldPath, mapChildren } from "./map-children.ts";
import { pascalCase } from "./names.ts";

/** Below this many characters a shared definition is harder to read than the repetition. */
const WORTH_NAMING = 200;

/**
 * Gives object schemas that occur several times a definition of their own: custom resources repeat pod specs and
 * selectors by the hundred. A name is the field of the first occurrence, preceded by as many of the fields above it
 * as it takes to be unique and none of `taken`.
 *
 * @returns the roots with the repetitions replaced, and the definitions.
 */
export function shareRepeated(
  roots: ReadonlyMap<string, CompactSchema>,
  taken: ReadonlySet<string>,
): { roots: Map<string, CompactSchema>; definitions: Map<string, CompactSchema> } {
  const seen = new Map<string, number>();
  for (const root of roots.values()) mapChildren(root, [], (child) => count(child, seen));

  const names = new Map<string, string>();
  const definitions = new Map<string, CompactSchema>();
  const used = new Set(taken);
  const replace = (schema: CompactSchema, path: FieldPath): CompactSchema => {
    const text = JSON.stringify(schema);
    if ((seen.get(text) ?? 0) < 2) return mapChildren(schema, path, replace);
    let name = names.get(text);
    if (name === undefined) {
      name = freeName(path, used);
      names.set(text, name);
      definitions.set(name, schema); // keeps its place before the definitions inside it
      definitions.set(name, mapChildren(schema, path, replace));
    }
    return { $ref: `#/definitions/${name}` };
  };
  const replaced = new Map([...roots].map(([name, root]) => [name, mapChildren(root, [name], replace)]));
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
  return mapChildren(schema, [], (child) => count(child, seen));
}

function freeName(path: FieldPath, used: Set<string>): string {
  const isField = (part: string): boolean => part !== "item" && part !== "value";
  const fields = path.filter(isField);
  const suffix = path.slice(path.findLastIndex(isField) + 1);
  // `spec` alone says nothing: a field of the root goes by the kind as well.
  const starts = [...fields.keys()].reverse().slice(fields.length === 2 ? 1 : 0);
  const candidates = starts.map((start) => [...fields.slice(start), ...suffix].map(pascalCase).join(""));
  const longest = candidates.at(-1) ?? "Shared";
  // Fields may have names that begin with a digit, or have no letter at all; types may not.
  let name = candidates.find((candidate) => /^[A-Za-z]/.test(candidate) && !used.has(candidate));
  for (let n = 2; name === undefined; n++) if (!used.has(`${longest}${n}`)) name = `${longest}${n}`;
  used.add(name);
  return name;
}
