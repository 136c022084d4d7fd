import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type KubeObject, type ManifestDocument, parseManifests, schemasOf, validate } from "../../src/index.ts";
import { widget, widgetCrd } from "./definitions.ts";

const documents = (...texts: readonly string[]): ManifestDocument[] =>
  texts.flatMap((text, index) => parseManifests(text, { file: `${index}.yaml` }).documents);
const inFiles = (files: Readonly<Record<string, string>>): ManifestDocument[] =>
  Object.entries(files).flatMap(([file, text]) => parseManifests(text, { file }).documents);
const shortly = (found: ReturnType<typeof validate>) =>
  found.map(({ code, file, line, column, path, help }) => [code, `${file}:${line}:${column}`, path, help]);

test("a definition counts at once: a misspelt field has its position and the right name", () => {
  expect(shortly(validate(documents(widget("size: 1\n  color: red"), widgetCrd())))).toEqual([
    ["unknown-field", "0.yaml:6:3", "spec.color", "Did you mean colour?"],
  ]);
  expect(shortly(validate(documents(widgetCrd(), widget("colour: red"))))).toEqual([
    ["missing-field", "1.yaml:4:1", "spec", "Add size."],
  ]);
});

test("without its definition the object is not checked, and the help says what to do", () => {
  const [found, ...others] = validate(documents(widget("color: red")));
  expect(others).toEqual([]);
  expect(found).toMatchObject({ code: "no-schema", severity: "info" });
  expect(found?.help).toBe("Add its CustomResourceDefinition with idstack schemas add.");
});

test("kinds and versions that the definition does not have", () => {
  const crd = widgetCrd({ served: ["v1", "v2"] });
  expect(validate(documents(crd, widget("size: 1", "v2")))).toEqual([]);
  expect(validate(documents(crd, widget("size: 1", "v1beta1")))).toMatchObject([
    { code: "unserved-version", help: "Use example.com/v1 or example.com/v2." },
  ]);
  expect(validate(documents(crd, widget("size: 1").replace("Widget", "Widgt")))).toMatchObject([
    { code: "unknown-kind", severity: "error", help: "Did you mean Widget?" },
  ]);
  // A group may have kinds that nobody defined here.
  expect(validate(documents(crd, widget("size: 1").replace("Widget", "Gadget")))).toMatchObject([
    { code: "no-schema" },
  ]);
});

test("a definition in the tree counts in place of the built-in one, with its versions only", () => {
  const folder = new URL("../../../../tools/real/crds/external-secrets/", import.meta.url);
  const name = readdirSync(folder).find((each) => each.startsWith("externalsecrets.")) ?? "";
  const crd = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  for (const version of crd.spec.versions) version.served = version.name === "v1beta1";
  const secret = (version: string): KubeObject & { spec: object } => ({
    apiVersion: `external-secrets.io/${version}`,
    kind: "ExternalSecret",
    metadata: { name: "a", namespace: "apps" },
    spec: { refreshInterval: "1h", secretStoreRef: { name: "s" }, target: { name: "t" }, data: [] },
  });
  expect(validate([secret("v1")])).toEqual([]);
  expect(validate([secret("v1beta1")])).toMatchObject([{ code: "unserved-version" }]);
  expect(validate([crd, secret("v1beta1")])).toEqual([]);
  expect(validate([crd, secret("v1")])).toMatchObject([
    { code: "unserved-version", help: "Use external-secrets.io/v1beta1." },
  ]);
  // Other kinds of the group stay as they are.
  const store = { ...secret("v1"), kind: "SecretStore", spec: { provider: { fake: { data: [] } } } };
  expect(validate([crd, store])).toEqual([]);
});

test("no definition replaces what is compiled into the server", () => {
  const crd = widgetCrd()
    .replaceAll("example.com", "apps")
    .replace("kind: Widget", "kind: Deployment")
    .replaceAll("widgets", "deployments");
  const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { size: 1 }\n";
  const codes = validate(documents(crd, deployment)).map(({ code, path }) => `${code} ${path}`);
  expect(codes).toContain("unknown-field spec.size");
});

test("a faulty definition is reported where it is wrong, and its objects are not checked", () => {
  const crd = widgetCrd({ fields: "size: { type: integer }, colour: { maxLength: 3 }" });
  const found = validate(documents(crd, widget("color: red")));
  expect(found).toMatchObject([
    { code: "definition", severity: "error", file: "0.yaml", line: 18, message: "this schema has no type" },
    { code: "no-schema", severity: "info", file: "1.yaml" },
  ]);
  expect(found[0]?.path).toBe("spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.colour");
  expect(found[1]?.message).toContain("is faulty");
});

test("the definition nearest to an object counts where two clusters have different ones", () => {
  const newer = widgetCrd({ fields: "size: { type: integer }, flavour: { type: string }" });
  const tree = inFiles({
    "clusters/a/crds/widget.yaml": widgetCrd(),
    "clusters/b/crds/widget.yaml": newer,
    "clusters/a/apps/a.yaml": widget("size: 1\n  colour: red"),
    "clusters/b/apps/b.yaml": widget("size: 1\n  flavour: sweet"),
    "clusters/b/apps/wrong.yaml": widget("size: 1\n  colour: red"),
  });
  expect(shortly(validate(tree)).map(([code, place]) => [code, place])).toEqual([
    ["unknown-field", "clusters/b/apps/wrong.yaml:6:3"],
  ]);
  const schemas = schemasOf(tree);
  expect(tree.flatMap((document) => validate([document], { schemas }))).toHaveLength(1);
});

test("patches and encrypted documents define nothing; items of a List do", () => {
  const patch = widgetCrd().replace("spec:\n", "$patch: replace\nspec:\n");
  expect(schemasOf(documents(patch)).catalog).toEqual([]);
  const [crd] = documents(widgetCrd());
  const list = { apiVersion: "v1", kind: "List", items: [crd?.object] } as unknown as KubeObject;
  expect(schemasOf([list]).catalog).toMatchObject([
    { apiVersion: "example.com/v1", kind: "Widget", plural: "widgets" },
  ]);
});

test.each(["spec: 1", "spec: { versions: [null] }", "spec: { group: a, names: [], versions: {} }", "{}"])(
  "a definition of which nothing can be read: %s",
  (text) => {
    const [crd] = documents(`apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n${text}\n`);
    if (crd === undefined) return;
    expect(schemasOf([crd]).catalog).toEqual([]);
    expect(validate([crd]).length).toBeGreaterThan(0);
  },
);
