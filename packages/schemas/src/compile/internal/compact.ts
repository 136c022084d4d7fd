import type { CompactSchema, SchemaType } from "../../format.ts";
import type { ServedSchema } from "../recording.ts";
import { ecmaPattern } from "./ecma-pattern.ts";
import { definitionName, refTarget } from "./names.ts";

type Draft = { -readonly [K in keyof CompactSchema]: CompactSchema[K] };

/** Keywords that mean the same in both forms. */
const KEPT = [
  "format",
  "minimum",
  "maximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
] as const;

/** Where a schema stands, as far as its compact form depends on it. */
export interface Context {
  /** Go types of Kubernetes: defaults are documentation, and an object without fields is free-form. */
  readonly native: boolean;
  /** Inside allOf/anyOf/oneOf/not: constrains an object whose fields are listed elsewhere. */
  readonly constraint?: boolean;
}

/**
 * Writes a served schema in the compact form that `@idstack/schemas` documents.
 *
 * @example
 * ```ts
 * import { compact } from "@idstack/schemas/compile";
 * console.log(compact({ type: "string", nullable: true }, { native: false })); // { type: [ 'null', 'string' ] }
 * ```
 */
export function compact(served: ServedSchema, context: Context): CompactSchema {
  const target = referenceOf(served);
  if (target !== undefined) return { $ref: `#/definitions/${definitionName(target)}` };

  const out: Draft = {};
  const type = typeOf(served);
  if (type !== undefined) out.type = type;
  objectKeywords(served, context, out);
  if (served.items !== undefined) out.items = compact(served.items, context);
  for (const keyword of KEPT) {
    if (served[keyword] !== undefined) Object.assign(out, { [keyword]: served[keyword] });
  }
  exclusiveBounds(served, out);
  if (Array.isArray(served["enum"]))
    out.enum = served.type === "string" ? served["enum"].map(asString) : served["enum"];
  if (typeof served["pattern"] === "string") out.pattern = ecmaPattern(served["pattern"]);
  if (out.format === "int-or-string") delete out.format;
  if (served.default !== undefined && !isZero(served.default)) out.default = served.default;
  listKeywords(served, out);
  junctions(served, context, out);
  return out;
}

/** OpenAPI 3.0 says of a bound that it is exclusive, JSON Schema has bounds of another name. */
function exclusiveBounds(served: ServedSchema, out: Draft): void {
  const { minimum, maximum } = out;
  if (served["exclusiveMinimum"] === true && minimum !== undefined) {
    delete out.minimum;
    out.exclusiveMinimum = minimum;
  }
  if (served["exclusiveMaximum"] === true && maximum !== undefined) {
    delete out.maximum;
    out.exclusiveMaximum = maximum;
  }
}

/** `{ $ref }` and `{ allOf: [{ $ref }], … }` both just name another schema. */
function referenceOf(served: ServedSchema): string | undefined {
  const ref = served.$ref ?? (served.allOf?.length === 1 ? served.allOf[0]?.$ref : undefined);
  return ref === undefined ? undefined : refTarget(ref);
}

function typeOf(served: ServedSchema): SchemaType | SchemaType[] | undefined {
  const types: SchemaType[] = [];
  if (served["x-kubernetes-int-or-string"] === true) types.push("integer", "string");
  else if (served.type !== undefined) types.push(served.type as SchemaType);
  else types.push(...(unionOfTypes(served) ?? []));
  if (types.length > 0 && served.nullable === true) types.push("null");
  return types.length > 1 ? types.sort() : types[0];
}

/** `oneOf: [{ type: "string" }, { type: "number" }]`, the way the server writes quantities and int-or-string. */
function unionOfTypes(served: ServedSchema): SchemaType[] | undefined {
  const branches = served.oneOf ?? served.anyOf;
  const typesOnly = branches?.every((branch) => Object.keys(branch).join() === "type");
  return typesOnly === true ? branches?.map((branch) => branch.type as SchemaType) : undefined;
}

/** An unquoted `Yes` in the YAML of a custom resource definition reaches the server as a boolean. */
function asString(value: unknown): unknown {
  return typeof value === "boolean" ? (value ? "Yes" : "No") : value;
}

function objectKeywords(served: ServedSchema, context: Context, out: Draft): void {
  const fields = Object.entries(served.properties ?? {});
  if (fields.length > 0) {
    out.properties = Object.fromEntries(fields.map(([name, schema]) => [name, compact(schema, context)]));
  }
  const required = served.required?.filter((name) => !filledIn(served.properties?.[name], context));
  if (required !== undefined && required.length > 0) out.required = required;

  const extra = served.additionalProperties;
  if (typeof extra === "object") out.additionalProperties = compact(extra, context);
  else if (extra !== undefined) out.additionalProperties = extra;
  else if (isClosed(served, context)) out.additionalProperties = false;
}

/** The server applies defaults of custom resources before it looks for missing fields. */
function filledIn(field: ServedSchema | undefined, context: Context): boolean {
  return !context.native && context.constraint !== true && field?.default !== undefined;
}

function isClosed(served: ServedSchema, context: Context): boolean {
  if (served.type !== "object" && served.properties === undefined) return false;
  if (context.constraint === true || served["x-kubernetes-preserve-unknown-fields"] === true) return false;
  return !context.native || served.properties !== undefined;
}

function listKeywords(served: ServedSchema, out: Draft): void {
  const listType = served["x-kubernetes-list-type"];
  if (listType === "map" || listType === "set") out["x-kubernetes-list-type"] = listType;
  const keys = served["x-kubernetes-list-map-keys"];
  if (keys !== undefined) out["x-kubernetes-list-map-keys"] = keys as string[];
  const rules = served["x-kubernetes-validations"] as { rule: string; message?: string }[] | undefined;
  if (rules !== undefined) {
    out["x-kubernetes-validations"] = rules.map(({ rule, message }) =>
      message === undefined ? { rule } : { rule, message },
    );
  }
}

function junctions(served: ServedSchema, context: Context, out: Draft): void {
  const inner = { ...context, constraint: true };
  const saidByType = unionOfTypes(served) !== undefined;
  for (const keyword of ["allOf", "anyOf", "oneOf"] as const) {
    const branches = served[keyword];
    if (branches !== undefined && !saidByType) out[keyword] = branches.map((branch) => compact(branch, inner));
  }
  if (served.not !== undefined) out.not = compact(served.not, inner);
}

function isZero(value: unknown): boolean {
  if (typeof value === "object") return value === null || Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false;
}
