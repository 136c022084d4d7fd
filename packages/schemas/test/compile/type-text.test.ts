import { expect, test } from "vitest";
import { typeText } from "../../src/compile/internal/type-text.ts";
import type { CompactSchema } from "../../src/index.ts";

const text = (schema: CompactSchema) => typeText(schema, (definition) => `<${definition}>`);

test.each<[string, CompactSchema, string]>([
  ["a string", { type: "string" }, "string"],
  ["an integer is a number", { type: "integer" }, "number"],
  ["int-or-string", { type: ["integer", "string"] }, "number | string"],
  ["nullable", { type: ["null", "string"] }, "null | string"],
  ["an enum", { type: "string", enum: ["TCP", "UDP"] }, '"TCP" | "UDP"'],
  ["a nullable enum", { type: ["null", "string"], enum: ["TCP"] }, '"TCP" | null'],
  ["anything", {}, "unknown"],
  ["a reference", { $ref: "#/definitions/core.v1.PodSpec" }, "<core.v1.PodSpec>"],
  ["a list", { type: "array", items: { type: "string" } }, "string[]"],
  ["a list of a union", { type: "array", items: { type: ["integer", "string"] } }, "(number | string)[]"],
  ["a list of anything", { type: "array" }, "unknown[]"],
  ["a map", { type: "object", additionalProperties: { type: "string" } }, "{ [key: string]: string }"],
  ["a free-form object", { type: "object" }, "object"],
  ["an object without fields", { type: "object", additionalProperties: false }, "{ [key: string]: never }"],
  ["a condition without a type", { oneOf: [{ required: ["a"] }] }, "unknown"],
])("%s", (_, schema, expected) => {
  expect(text(schema)).toBe(expected);
});

test("optional, required and quoted fields", () => {
  const schema: CompactSchema = {
    type: "object",
    properties: { a: { type: "string" }, "b-c": { type: "boolean" } },
    required: ["b-c"],
    additionalProperties: false,
  };
  expect(text(schema)).toBe('{\n  a?: string;\n  "b-c": boolean;\n}');
});

test("an open object takes further fields", () => {
  const schema: CompactSchema = { type: "object", properties: { a: { type: "string" } } };
  expect(text(schema)).toBe("{\n  a?: string;\n  [field: string]: unknown;\n}");
});

test("nested objects are indented", () => {
  const inner: CompactSchema = { type: "object", properties: { a: {} }, additionalProperties: false };
  const schema: CompactSchema = {
    type: "object",
    properties: { list: { type: "array", items: inner } },
    additionalProperties: false,
  };
  expect(text(schema)).toBe("{\n  list?: {\n    a?: unknown;\n  }[];\n}");
});
