import { matches, rightFor } from "./make-text.ts";
import { isMapping, type Schema } from "./schema.ts";

/**
 * Whether a value fulfils the conditions (allOf, anyOf, oneOf, not) of its schema: enough of JSON Schema to make valid
 * objects. What is valid in truth is decided by the server.
 */
export function fulfilsConditions(value: unknown, { allOf, anyOf, oneOf, not }: Schema): boolean {
  if (allOf?.every((branch) => satisfies(value, branch)) === false) return false;
  if (anyOf?.some((branch) => satisfies(value, branch)) === false) return false;
  if (oneOf !== undefined && oneOf.filter((branch) => satisfies(value, branch)).length !== 1) return false;
  return not === undefined || !satisfies(value, not);
}

function satisfies(value: unknown, schema: Schema): boolean {
  if (schema.type !== undefined && !hasType(value, schema.type)) return false;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  if (typeof value === "string") {
    if (schema.pattern !== undefined && !matches(schema.pattern, value)) return false;
    if (!rightFor(schema.format, value)) return false;
  }
  if (isMapping(value)) {
    if (schema.required?.some((name) => !(name in value)) === true) return false;
    const fields = Object.entries(schema.properties ?? {});
    if (fields.some(([name, field]) => name in value && !satisfies(value[name], field))) return false;
  }
  return fulfilsConditions(value, schema);
}

function hasType(value: unknown, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return isMapping(value);
  return type === "array" ? Array.isArray(value) : typeof value === type;
}
