import fc from "fast-check";
import { expect, test } from "vitest";
import { compileCrds, mergeGroupVersions, parseSchemaFile, schemaFiles } from "../../src/compile/index.ts";
import { loadGroupVersion } from "../../src/index.ts";
import { large, widgetCrd } from "./definitions.ts";

const compile = (...crds: readonly object[]) => compileCrds(crds).groupVersions;
const widget = widgetCrd({ first: large, second: large });
const gadget = widgetCrd({ third: large, fourth: large, size: { type: "integer" } }, { kind: "Gadget" });
const tool = widgetCrd({ size: { type: "string" } }, { kind: "Tool", versions: ["v1", "v2"] });

test("a compiled group version is self-contained, with the definitions of this process", () => {
  const [v1] = compile(widget);
  expect(Object.keys(v1?.definitions ?? {})).toEqual([
    "meta.v1.FieldsV1",
    "meta.v1.ManagedFieldsEntry",
    "meta.v1.ObjectMeta",
    "meta.v1.OwnerReference",
    "meta.v1.Time",
    "First",
  ]);
  expect(v1?.definitions["meta.v1.ObjectMeta"]).toBe(loadGroupVersion("apps/v1")?.definitions["meta.v1.ObjectMeta"]);
});

test("of two definitions of a kind the later one counts", () => {
  const other = widgetCrd({ other: { type: "string" } });
  expect(compile(widget, other)).toEqual(compile(other));
});

test("merging depends on what is merged, not on the order or on how often", () => {
  const all = compile(widget, gadget, tool);
  expect(all.map(({ apiVersion, kinds }) => [apiVersion, Object.keys(kinds)])).toEqual([
    ["example.com/v1", ["Gadget", "Tool", "Widget"]],
    ["example.com/v2", ["Tool"]],
  ]);
  const order = fc.shuffledSubarray([widget, gadget, tool, widget, tool], { minLength: 5 });
  fc.assert(
    fc.property(order, (crds) => {
      const merged = crds.reduce((present, crd) => mergeGroupVersions(present, compile(crd)), compile());
      expect(merged).toEqual(all);
    }),
  );
});

test("merging removes versions that a definition no longer has", () => {
  const present = compile(widget, tool);
  const newer = widgetCrd({ size: { type: "string" } }, { kind: "Tool", versions: ["v2"] });
  expect(mergeGroupVersions(present, compile(newer))).toEqual(compile(widget, newer));
});

test("files hold what they were made of", () => {
  const all = compile(widget, gadget, tool);
  const files = schemaFiles(all);
  expect([...files.keys()]).toEqual([
    "example.com/v1.json",
    "example.com/v2.json",
    "example.com/v1.d.ts",
    "example.com/v2.d.ts",
    "meta/v1.d.ts",
  ]);
  expect(all.map(({ apiVersion }) => parseSchemaFile(files.get(`${apiVersion}.json`) ?? ""))).toEqual(all);
  expect(schemaFiles([]).size).toBe(0);
});

test("no program takes a file of schemas for a manifest", () => {
  const file = JSON.parse(schemaFiles(compile(widget)).get("example.com/v1.json") ?? "");
  expect(Object.keys(file)).toEqual(["groupVersion", "kinds", "definitions"]);
});

test("each kind and definition stands on a line of its own", () => {
  const text = (...crds: readonly object[]) =>
    schemaFiles(compile(...crds))
      .get("example.com/v1.json")
      ?.split("\n") ?? [];
  const changed = text(widget, tool).filter((line) => !text(widget, widgetCrd({}, { kind: "Tool" })).includes(line));
  expect(changed).toHaveLength(1);
  expect(changed[0]).toMatch(/^ {4}"Tool": /);
});

test("types of a kind with a dash, of fields with odd names, and without a global that a kind could replace", () => {
  const crd = widgetCrd({ "3d": large, "ü-b": large, nothing: { type: "object" } }, { kind: "Re-cord" });
  const types = schemaFiles(compile(crd)).get("example.com/v1.d.ts");
  expect(types).toContain("export interface Re_cord {");
  expect(types).toContain('kind: "Re-cord";');
  expect(types).toContain('"3d"?: Spec3d;');
  expect(types).toContain("nothing?: { [key: string]: never };");
});

test.each([
  "",
  "{",
  "[]",
  "null",
  '{"groupVersion":"a/v1"}',
  '{"groupVersion":"a/v1","kinds":{"A":1},"definitions":{}}',
])("%s is no file of schemas", (text) => {
  expect(parseSchemaFile(text)).toBeUndefined();
});
