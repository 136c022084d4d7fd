import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileCrds, crdProblems, isCrd } from "../../src/compile/index.ts";
import { widgetCrd } from "./definitions.ts";

// That an API server refuses the same is tested in tools/schemas/test-real.
const problemsOf = (field: object) =>
  crdProblems(widgetCrd({ a: field })).map(({ code, path, message, help }) => [
    code,
    path.join(".").replace("spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.", ""),
    message,
    help,
  ]);

test.each<[object, string, string, string]>([
  [{}, "a", "this schema has no type", "Add type, or x-kubernetes-preserve-unknown-fields: true for anything at all."],
  [{ type: "int" }, "a.type", 'there is no type "int"', "Use array, boolean, integer, number, object, string."],
  [{ type: "null" }, "a.type", 'there is no type "null"', "Use nullable: true beside a type."],
  [{ type: "array" }, "a", "a list without items", "Add items."],
  [{ type: "string", pattern: 1 }, "a.pattern", "pattern is not a text", "Write a text."],
  [{ type: "object", required: "b" }, "a.required", "required is not a list of texts", "Write a list of texts."],
  [
    { type: "string", anyOf: [{ type: "string" }] },
    "a.anyOf.0.type",
    "type is not allowed in a condition",
    "Move it to the schema outside.",
  ],
  [
    { type: "array", items: { type: "object" }, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["b"] },
    "a.x-kubernetes-list-map-keys.0",
    "items have no field b",
    "Name a field of the items.",
  ],
])("%j", (field, path, message, help) => {
  expect(problemsOf(field)).toEqual([["not-structural", path, message, help]]);
});

describe("the definition itself", () => {
  const crd = widgetCrd({});
  const problems = (change: object) =>
    crdProblems({ ...crd, ...change }).map(({ path, help }) => [path.join("."), help]);

  test("a name that is not that of the resource", () => {
    expect(problems({ metadata: { name: "widget.example.com" } })).toEqual([
      ["metadata.name", "Name it widgets.example.com."],
    ]);
  });

  test("names that would leave a folder", () => {
    const spec = { ...crd.spec, group: "../../x.y", names: { kind: "W/idget", plural: "widgets" } };
    expect(problems({ spec }).map(([path]) => path)).toEqual(["spec.group", "spec.names.kind", "metadata.name"]);
  });

  test("versions", () => {
    const [v1] = crd.spec.versions;
    const versions = [v1, v1, { ...v1, name: "v1/x", served: "yes", schema: {} }];
    expect(problems({ spec: { ...crd.spec, versions } })).toEqual([
      ["spec.versions.2.name", "Write it like v1, v1beta1 or v2alpha1."],
      ["spec.versions.2.served", "Write served: true or served: false."],
      ["spec.versions.2.schema", expect.stringContaining("Add schema.openAPIV3Schema")],
      ["spec.versions.1.storage", "Set storage: true in exactly one version."],
      ["spec.versions.1.name", "Remove one of the two."],
    ]);
  });

  test("what is none", () => {
    expect([null, 1, "a", [], { kind: "CustomResourceDefinition" }].map(isCrd)).toEqual(Array(5).fill(false));
    expect(isCrd(crd)).toBe(true);
    expect(crdProblems(null).length).toBeGreaterThan(3);
  });
});

test("no definition, however broken, makes the compiler fail", () => {
  const keyword = fc.constantFrom(
    ..."type properties items required enum additionalProperties allOf anyOf oneOf not nullable default pattern".split(
      " ",
    ),
    ..."minLength x-kubernetes-list-type x-kubernetes-list-map-keys x-kubernetes-int-or-string".split(" "),
    ..."x-kubernetes-preserve-unknown-fields x-kubernetes-embedded-resource x-kubernetes-validations".split(" "),
  );
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>(
        "object",
        "array",
        "string",
        "map",
        true,
        false,
        1,
        null,
        [],
        {},
        ["a"],
        [{ rule: "x" }],
      ),
      fc.dictionary(keyword, tie("schema")),
      fc.array(fc.dictionary(keyword, tie("schema")), { maxLength: 2 }),
      fc.record({
        type: fc.constantFrom("object", "string", "array"),
        properties: fc.dictionary(fc.constantFrom("a", "b"), tie("schema")),
      }),
    ),
  }));
  let [compiled, refused] = [0, 0];
  fc.assert(
    fc.property(schema, (field) => {
      const { groupVersions, problems } = compileCrds([widgetCrd({ a: field })]);
      expect(groupVersions.length).toBe(problems.length > 0 ? 0 : 1);
      if (problems.length > 0) refused++;
      else compiled++;
    }),
    { numRuns: 1000 },
  );
  expect(compiled).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(100);
});
