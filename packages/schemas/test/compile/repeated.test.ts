import { expect, test } from "vitest";
import { shareRepeated } from "../../src/compile/internal/repeated.ts";
import type { CompactSchema } from "../../src/index.ts";

/** A closed object with enough fields to be worth a name. */
function big(mark: string, extra: Record<string, CompactSchema> = {}): CompactSchema {
  const fields = Array.from({ length: 8 }, (_, n) => [`${mark}FieldNumber${n}`, { type: "string" }]);
  return { type: "object", properties: { ...Object.fromEntries(fields), ...extra }, additionalProperties: false };
}

const root = (properties: Record<string, CompactSchema>): CompactSchema => ({ type: "object", properties });
const share = (properties: Record<string, CompactSchema>, taken: string[] = []) =>
  shareRepeated(new Map([["Kind", root({ outer: root(properties) })]]), new Set(taken));
const ref = (name: string) => ({ $ref: `#/definitions/${name}` });

test("an object that occurs twice is named after the field it occurs in first", () => {
  const { roots, definitions } = share({ first: big("a"), second: big("a") });
  expect(roots.get("Kind")).toEqual(root({ outer: root({ first: ref("First"), second: ref("First") }) }));
  expect([...definitions]).toEqual([["First", big("a")]]);
});

test("an object that occurs once stays where it is", () => {
  expect([...share({ first: big("a"), second: big("b") }).definitions]).toEqual([]);
});

test("a small object is not worth a name", () => {
  const small: CompactSchema = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false };
  expect([...share({ first: small, second: small }).definitions]).toEqual([]);
});

test("what is inside a repetition is written once, so it gets no name of its own", () => {
  const outer = big("a", { inner: big("b") });
  expect([...share({ first: outer, second: outer }).definitions.keys()]).toEqual(["First"]);
});

test("items of lists and values of maps are found", () => {
  const { definitions } = share({
    rules: { type: "array", items: big("a") },
    byName: { type: "object", additionalProperties: big("a") },
  });
  expect([...definitions.keys()]).toEqual(["RulesItem"]);
});

test("a taken name gets the field above in front", () => {
  const { definitions } = share({ first: big("a"), second: big("a") }, ["First"]);
  expect([...definitions.keys()]).toEqual(["OuterFirst"]);
});

test("when every longer name is taken a number follows", () => {
  const { definitions } = share({ first: big("a"), second: big("a") }, ["First", "OuterFirst", "KindOuterFirst"]);
  expect([...definitions.keys()]).toEqual(["KindOuterFirst2"]);
});

test("a field of the root goes by the kind as well", () => {
  const roots = new Map([
    ["Backup", root({ spec: big("a") })],
    ["Restore", root({ spec: big("a") })],
  ]);
  expect([...shareRepeated(roots, new Set()).definitions.keys()]).toEqual(["BackupSpec"]);
});

test("a name is one that a type can have", () => {
  const { definitions } = share({ "3scale": big("a"), second: big("a"), $: big("b"), "%": big("b") });
  expect([...definitions.keys()]).toEqual(["Outer3scale", "Outer"]);
});

test("constraints are left alone", () => {
  const { definitions } = share({ first: { allOf: [big("a"), big("a")] } });
  expect([...definitions]).toEqual([]);
});
