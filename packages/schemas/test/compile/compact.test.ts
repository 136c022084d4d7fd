import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compact } from "../../src/compile/internal/compact.ts";
import type { ServedSchema } from "../../src/compile/recording.ts";

const custom = (served: ServedSchema) => compact(served, { native: false });
const native = (served: ServedSchema) => compact(served, { native: true });
const REF = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

describe("references", () => {
  test("a bare $ref and allOf around one both become a short $ref", () => {
    const short = { $ref: "#/definitions/meta.v1.ObjectMeta" };
    expect(native({ $ref: REF })).toEqual(short);
    expect(native({ allOf: [{ $ref: REF }], default: {} })).toEqual(short);
  });

  test("a $ref to somewhere else is an error", () => {
    expect(() => native({ $ref: "#/definitions/X" })).toThrow("unexpected $ref #/definitions/X");
  });
});

describe("types", () => {
  test("x-kubernetes-int-or-string replaces its anyOf", () => {
    const served = {
      anyOf: [{ type: "integer" }, { type: "string" }],
      "x-kubernetes-int-or-string": true,
      pattern: "^a",
    };
    expect(custom(served)).toEqual({ type: ["integer", "string"], pattern: "^a" });
  });

  test("a quantity is a number or a string", () => {
    expect(native({ oneOf: [{ type: "string" }, { type: "number" }] })).toEqual({ type: ["number", "string"] });
  });

  test("the format int-or-string says nothing that the types do not", () => {
    const served = { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] };
    expect(native(served)).toEqual({ type: ["integer", "string"] });
  });

  test("nullable adds null", () => {
    expect(custom({ type: "string", nullable: true })).toEqual({ type: ["null", "string"] });
  });

  test("no type stays no type: anything goes", () => {
    expect(custom({ "x-kubernetes-preserve-unknown-fields": true })).toEqual({});
  });
});

describe("objects", () => {
  const fields = { a: { type: "string" } };

  test("an object with fields is closed", () => {
    expect(native({ type: "object", properties: fields }).additionalProperties).toBe(false);
    expect(custom({ type: "object", properties: fields }).additionalProperties).toBe(false);
  });

  test("a custom object without fields is closed, since the server prunes what is in it", () => {
    expect(custom({ type: "object" })).toEqual({ type: "object", additionalProperties: false });
  });

  test("a native object without fields is free-form", () => {
    expect(native({ type: "object" })).toEqual({ type: "object" });
  });

  test("x-kubernetes-preserve-unknown-fields keeps an object open", () => {
    const served = { type: "object", properties: fields, "x-kubernetes-preserve-unknown-fields": true };
    expect(custom(served)).toEqual({ type: "object", properties: fields });
  });

  test("a map keeps the schema of its values", () => {
    const served = { type: "object", additionalProperties: { type: "string" } };
    expect(custom(served)).toEqual(served);
  });

  test("a constraint lists some fields and closes nothing", () => {
    const branch = { properties: { a: {} }, required: ["a"] };
    const served = { type: "object", properties: fields, oneOf: [branch], not: { required: ["b"] } };
    expect(custom(served)).toEqual({ ...served, additionalProperties: false });
  });
});

describe("required", () => {
  const served = { type: "object", properties: { a: { type: "string", default: "x" } }, required: ["a"] };

  test("a custom resource may leave out a required field that has a default", () => {
    expect(custom(served).required).toBeUndefined();
  });

  test("a native object may not: its defaults are applied by nobody before validation", () => {
    expect(native(served).required).toEqual(["a"]);
  });
});

describe("values", () => {
  test("a default that is not the zero value is kept", () => {
    expect(native({ type: "string", default: "TCP" })).toEqual({ type: "string", default: "TCP" });
  });

  test.each([0, "", false, null])("the zero default %j is not", (value) => {
    expect(native({ type: "string", default: value })).toEqual({ type: "string" });
  });

  test("a Yes that YAML turned into a boolean is a string again", () => {
    expect(custom({ type: "string", enum: [true, false] })).toEqual({ type: "string", enum: ["Yes", "No"] });
  });

  test("a one-letter Unicode class gets the braces JavaScript wants", () => {
    const { pattern } = custom({ type: "string", pattern: String.raw`^\PC*$` });
    expect(new RegExp(String(pattern), "u").test("line\u0000")).toBe(false);
  });

  test.each([
    ["^(?i)(abort|warn)?$", ["Abort", "warn", ""], ["abor", "warns"]],
    ["^[[:alpha:]_-]+$", ["aZ_-"], ["a1", ":"]],
    [String.raw`\A(?P<name>a)\z`, ["a"], ["ba", "ab"]],
    [String.raw`^\\A$`, [String.raw`\A`], ["A"]],
  ])("%s means the same in JavaScript", (served, matching, others) => {
    const pattern = new RegExp(String(custom({ type: "string", pattern: served }).pattern), "u");
    expect([...matching, ...others].filter((each) => pattern.test(each))).toEqual(matching);
  });

  test.each(["^([a-b_]+[.]?)+$", "^([0-9]+(s|ms)?)+$"])("%s matches the same in one way only", (served) => {
    const { pattern } = custom({ type: "string", pattern: served });
    expect(pattern).not.toBe(served);
    const text = fc.string({ unit: fc.constantFrom(..."ab._019ms"), maxLength: 8 });
    fc.assert(fc.property(text, (each) => new RegExp(String(pattern)).test(each) === new RegExp(served).test(each)));
    expect(new RegExp(String(pattern)).test(served.includes("0-9") ? "1s20ms3" : "a_.b.a.")).toBe(true);
  });

  test("bounds, formats, list keys and CEL rules stay; merge hints go", () => {
    const kept = {
      type: "array",
      items: { type: "integer", format: "int32", minimum: 1, maximum: 9 },
      maxItems: 3,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      "x-kubernetes-validations": [{ rule: "self.size() > 0", message: "empty" }],
    };
    expect(custom({ ...kept, "x-kubernetes-patch-strategy": "merge" })).toEqual(kept);
    expect(custom({ type: "array", "x-kubernetes-list-type": "atomic" })).toEqual({ type: "array" });
  });

  test("an exclusive bound is a bound of its own", () => {
    const served = {
      type: "integer",
      minimum: 1,
      exclusiveMinimum: true,
      maximum: 9,
      exclusiveMaximum: true,
      multipleOf: 2,
    };
    expect(custom(served)).toEqual({ type: "integer", exclusiveMinimum: 1, exclusiveMaximum: 9, multipleOf: 2 });
    expect(custom({ type: "integer", maximum: 9, exclusiveMaximum: false })).toEqual({ type: "integer", maximum: 9 });
  });
});
