import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compileCrds, schemaFiles } from "@idstack/schemas/compile";
import { expect, onTestFinished, test } from "vitest";
import { ManifestError, parseManifests, readSchemas, readTree, validate } from "../../src/index.ts";
import { widget, widgetCrd } from "./definitions.ts";

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "idstack-schemas-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function schemas(crd: string): Record<string, string> {
  const objects = parseManifests(crd).documents.map(({ object }) => object);
  const files = [...schemaFiles(compileCrds(objects).groupVersions)];
  return Object.fromEntries(files.map(([path, text]) => [`.idstack/schemas/${path}`, text]));
}

test("finds the nearest folder above, up to the root of the repository", async () => {
  const root = folder({ ".git/HEAD": "", "clusters/home/a.yaml": "", ...schemas(widgetCrd()) });
  const found = await readSchemas(join(root, "clusters/home"));
  expect(found.directory).toBe(join(root, ".idstack/schemas"));
  expect(found.catalog).toEqual([
    {
      group: "example.com",
      version: "v1",
      apiVersion: "example.com/v1",
      kind: "Widget",
      namespaced: true,
      plural: "widgets",
      project: ".idstack",
    },
  ]);
  const { documents } = parseManifests(widget("size: x"), { file: "a.yaml" });
  expect(validate(documents, { schemas: found })).toMatchObject([{ code: "wrong-type", path: "spec.size", line: 5 }]);
});

test("does not leave the repository, nor a folder that is in none", async () => {
  const files = { "a/.git/HEAD": "", "a/b/c.yaml": "", "d/e.yaml": "", ...schemas(widgetCrd()) };
  const root = folder(files);
  expect((await readSchemas(join(root, "a/b"))).directory).toBeUndefined();
  expect((await readSchemas(join(root, "d"))).directory).toBeUndefined();
  expect((await readSchemas(root)).catalog).toHaveLength(1);
  expect((await readSchemas(join(root, "d"))).catalog).toEqual([]);
});

test("definitions of the tree come before the folder, and both before what is built in", async () => {
  const found = await readSchemas(folder(schemas(widgetCrd())));
  const crd = widgetCrd({ fields: "size: { type: integer }, flavour: { type: string }" });
  const { documents } = parseManifests(`${crd}---\n${widget("size: 1\n  flavour: sweet")}`);
  expect(validate(documents, { schemas: found })).toEqual([]);
  expect(validate(documents.slice(1), { schemas: found })).toMatchObject([{ code: "unknown-field" }]);
});

test("kinds of one group that come from the tree and from the folder are both there", async () => {
  const gadget = widgetCrd().replaceAll("Widget", "Gadget").replaceAll("widgets", "gadgets");
  const found = await readSchemas(folder(schemas(widgetCrd())));
  const { documents } = parseManifests(
    [gadget, widget("size: x"), widget("size: x").replace("Widget", "Gadget")].join("---\n"),
  );
  expect(validate(documents, { schemas: found }).map(({ code }) => code)).toEqual(["wrong-type", "wrong-type"]);
});

test("a file that is none of ours is an error that names it", async () => {
  const root = folder({ ".idstack/schemas/example.com/v1.json": '{"kinds": 1}\n' });
  const error = await readSchemas(root).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ManifestError);
  expect(error).toMatchObject({ code: "broken-schemas", paths: [join(root, ".idstack/schemas/example.com/v1.json")] });
});

test("readTree leaves the folder alone", async () => {
  const root = folder({
    "a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n",
    ...schemas(widgetCrd()),
  });
  const { files, skipped } = await readTree(root);
  expect([files.map(({ path }) => path), skipped]).toEqual([["a.yaml"], []]);
});
