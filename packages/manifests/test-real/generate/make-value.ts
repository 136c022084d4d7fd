import type { Random } from "@idstack/tool-real";
import { chooseBranches } from "./choose-branches.ts";
import { makeText } from "./make-text.ts";
import { fulfilsConditions } from "./satisfies.ts";
import { isMapping, type Schema } from "./schema.ts";

/** A schema that no value was found for. */
export class NoValue extends Error {}

/**
 * A value that the schema allows: required fields always, others at random, fewer the deeper they are.
 *
 * @param conditions - More schemas for the same value: those of the chosen branches of the conditions above it.
 */
export function makeValue(schema: Schema, random: Random, depth = 0, conditions: readonly Schema[] = []): unknown {
  for (let attempt = 0; attempt < 12; attempt++) {
    const value = attemptValue(schema, random, depth + (attempt >> 2), conditions);
    if (fulfilsConditions(withDefaults(value, schema), schema)) return value;
  }
  throw new NoValue(`no value for ${JSON.stringify(schema).slice(0, 200)}`);
}

function attemptValue(schema: Schema, random: Random, depth: number, conditions: readonly Schema[]): unknown {
  const all = [schema, ...conditions];
  const allowed = all.find((each) => each.enum !== undefined)?.enum;
  if (allowed !== undefined) return random.pick(allowed);
  if (schema.nullable === true && random.chance(0.04)) return null;
  if (schema["x-kubernetes-int-or-string"] === true) {
    return random.chance(0.5) ? makeNumber(schema, true, random) : text(all, random);
  }
  switch (schema.type) {
    case "string":
      return text(all, random);
    case "integer":
    case "number":
      return makeNumber(schema, schema.type === "integer", random);
    case "boolean":
      return random.chance(0.5);
    case "array":
      return makeArray(schema, random, depth);
    case "object":
      return makeMapping(schema, random, depth, conditions);
    default:
      return makeAnything(random);
  }
}

function text(schemas: readonly Schema[], random: Random): string {
  const found = makeText(
    [...schemas, ...schemas.flatMap((schema) => (schema.anyOf ? [random.pick(schema.anyOf)] : []))],
    random,
  );
  if (found === undefined) throw new NoValue(`no text for ${JSON.stringify(schemas).slice(0, 200)}`);
  return found;
}

function makeNumber({ minimum, maximum: most, format }: Schema, whole: boolean, random: Random): number {
  // Beyond that, JSON of JavaScript is not what the number is.
  const maximum = most === undefined ? undefined : Math.min(most, Number.MAX_SAFE_INTEGER);
  const low = minimum ?? (maximum === undefined || maximum >= 0 ? 0 : maximum - 10);
  const high = maximum ?? Math.max(low + 100, format === "int64" ? 2 ** 40 : 100);
  const number = random.weighted<number>([
    [1, () => low],
    [1, () => high],
    [4, () => random.int(Math.ceil(low), Math.min(Math.floor(high), Math.ceil(low) + 5000))],
  ]);
  return whole || random.chance(0.7) || number + 0.5 > high ? number : number + 0.5;
}

function makeArray(schema: Schema, random: Random, depth: number): unknown[] {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  const most = Math.min(maxItems, Math.max(minItems, depth < 6 ? minItems + 2 : 1));
  const wanted = random.int(minItems, most);
  const found: unknown[] = [];
  const seen = new Set<string>();
  for (let tries = 0; found.length < wanted && tries < wanted * 6; tries++) {
    const item = items === undefined ? makeAnything(random) : makeValue(items, random, depth + 1);
    const key = identityOf(item, schema);
    if (key === undefined || !seen.has(key)) found.push(item);
    if (key !== undefined) seen.add(key);
  }
  if (found.length < minItems) throw new NoValue("too few different items");
  return found;
}

/** What must differ between the items of a `set` or `map` list. */
export function identityOf(item: unknown, schema: Schema): string | undefined {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === "set") return JSON.stringify(item);
  if (listType !== "map") return undefined;
  const filled = isMapping(item) && schema.items !== undefined ? withDefaults(item, schema.items) : item;
  return JSON.stringify(
    schema["x-kubernetes-list-map-keys"]?.map((key) => (isMapping(filled) ? filled[key] : undefined)),
  );
}

function makeMapping(
  schema: Schema,
  random: Random,
  depth: number,
  conditions: readonly Schema[],
): Record<string, unknown> {
  const { needed, forbidden, more } = chooseBranches([schema, ...conditions], random);
  const fields = Object.keys(schema.properties ?? {}).filter((name) => !forbidden.has(name) && !needed.has(name));
  const most = Math.max(0, 6 - depth);
  const few = random.some(fields, random.chance(0.2) ? 1 : 0, random.chance(0.15) ? most + 4 : most);
  const value: Record<string, unknown> = {};
  const fill = (name: string, required: boolean): void => {
    const field = schema.properties?.[name] ?? {};
    if (required && field.default !== undefined && random.chance(0.3)) return;
    try {
      value[name] = makeValue(field, random, depth + 1, more.get(name));
    } catch (error) {
      if (required || !(error instanceof NoValue)) throw error;
    }
  };
  for (const name of needed) fill(name, true);
  for (const name of few) if (Object.keys(value).length < (schema.maxProperties ?? 99)) fill(name, false);
  for (const name of fields) {
    if (Object.keys(value).length >= (schema.minProperties ?? 0)) break;
    if (!(name in value)) fill(name, false);
  }
  addEntries(value, schema, random, depth);
  return value;
}

function addEntries(value: Record<string, unknown>, schema: Schema, random: Random, depth: number): void {
  const { additionalProperties: extra, minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema;
  const free = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (typeof extra !== "object" && !free) return;
  const size = Object.keys(value).length;
  const wanted = random.int(
    minProperties,
    Math.max(minProperties, Math.min(maxProperties, size + (depth < 7 ? 2 : 0))),
  );
  for (const key of random.some(KEYS, wanted, wanted)) {
    if (Object.keys(value).length >= wanted) return;
    value[key] = typeof extra === "object" ? makeValue(extra, random, depth + 1) : makeAnything(random);
  }
}

const KEYS = ["app", "app.kubernetes.io/name", "a", "key_1", "X.Y", "io.example/Z"];

/** The defaults of a mapping's own fields, which the server fills in before it looks at anything. */
function withDefaults(value: unknown, schema: Schema): unknown {
  if (!isMapping(value)) return value;
  const defaults = Object.entries(schema.properties ?? {}).filter(([, field]) => field.default !== undefined);
  return { ...Object.fromEntries(defaults.map(([name, field]) => [name, field.default])), ...value };
}

function makeAnything(random: Random): unknown {
  return random.pick<() => unknown>([
    () => "text",
    () => 1,
    () => 1.5,
    () => true,
    () => ({ any: { thing: [1, "a", {}] } }),
    () => ({}),
    () => ["a", 1],
  ])();
}
