import type { CompactSchema, SchemaType } from "../../format.ts";
import { referenceName } from "./references.ts";

const PRIMITIVES: Partial<Record<SchemaType, string>> = {
  boolean: "boolean",
  integer: "number",
  null: "null",
  number: "number",
  string: "string",
};

/** How a definition is called in the file being written. */
export type NameOf = (definition: string) => string;

/**
 * The TypeScript type of a schema. Bounds, patterns and conditions have no counterpart in types: those are left to
 * validation.
 *
 * @param indent - Spaces before the line the type starts on.
 */
export function typeText(schema: CompactSchema, nameOf: NameOf, indent = ""): string {
  const reference = referenceName(schema);
  if (reference !== undefined) return nameOf(reference);
  const types = typesOf(schema);
  if (schema.enum !== undefined) {
    const literals = schema.enum.map((value) => JSON.stringify(value));
    return union(types.includes("null") ? [...literals, "null"] : literals);
  }
  return union(types.map((type) => PRIMITIVES[type] ?? structure(type, schema, nameOf, indent)));
}

/** The fields of an object schema as the body of an interface, braces included. */
export function fieldsText(schema: CompactSchema, nameOf: NameOf, indent = ""): string {
  const inner = `${indent}  `;
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const optional = schema.required?.includes(name) === true ? "" : "?";
    return `${inner}${keyText(name)}${optional}: ${typeText(field, nameOf, inner)};\n`;
  });
  if (schema.additionalProperties !== false) fields.push(`${inner}[field: string]: unknown;\n`);
  return `{\n${fields.join("")}${indent}}`;
}

function typesOf(schema: CompactSchema): readonly SchemaType[] {
  if (typeof schema.type === "string") return [schema.type];
  return schema.type ?? (schema.properties === undefined ? [] : ["object"]);
}

function structure(type: SchemaType, schema: CompactSchema, nameOf: NameOf, indent: string): string {
  if (type === "array") {
    const item = schema.items === undefined ? "unknown" : typeText(schema.items, nameOf, indent);
    return / \| /.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
  }
  if (schema.properties !== undefined) return fieldsText(schema, nameOf, indent);
  if (schema.additionalProperties === false) return "{ [key: string]: never }";
  // Free-form: an interface is assignable to `object`, but not to an index signature.
  if (typeof schema.additionalProperties !== "object") return "object";
  return `{ [key: string]: ${typeText(schema.additionalProperties, nameOf, indent)} }`;
}

function union(types: readonly string[]): string {
  return types.length === 0 ? "unknown" : [...new Set(types)].join(" | ");
}

function keyText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
