import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { home, temporary, write } from "../support/home.ts";
import { run } from "../support/run.ts";
import { gadgetCrd, misspeltWidget, widgetCrd } from "../support/widget.ts";

const added = (folder: string, directory = ".idstack/schemas"): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(join(folder, directory).length + 1), readFileSync(file, "utf8")]),
  );

describe("what is written", () => {
  it("schemas and types of every served version, and how to import them", async () => {
    const folder = temporary({ "crd.yaml": `${widgetCrd({ versions: ["v1", "v2"] })}---\n${misspeltWidget}` });
    const { status, stdout } = await run(["schemas", "add", "crd.yaml"], folder);
    expect([status, stdout]).toEqual([
      0,
      `write    .idstack/schemas/example.com/v1.json
write    .idstack/schemas/example.com/v2.json
write    .idstack/schemas/example.com/v1.d.ts
write    .idstack/schemas/example.com/v2.d.ts
write    .idstack/schemas/meta/v1.d.ts
write    .idstack/schemas/README.md
import type { Widget } from "./.idstack/schemas/example.com/v1.d.ts";
import type { Widget } from "./.idstack/schemas/example.com/v2.d.ts";
`,
    ]);
    const { "README.md": readme, ...files } = added(folder);
    expect(Object.keys(files)).toHaveLength(5);
    expect(readme).toContain('import type { Widget } from "./.idstack/schemas/example.com/v1.d.ts";');
  });

  it("is the same for the second time, and nothing is touched then", async () => {
    const folder = temporary({ "crd.yaml": widgetCrd() });
    await run(["schemas", "add", "crd.yaml"], folder);
    const before = statSync(join(folder, ".idstack/schemas/example.com/v1.json"), { bigint: true });
    expect((await run(["schemas", "add", "crd.yaml"], folder)).stdout).toMatch(/^\.idstack\/schemas is up to date\n/);
    const after = statSync(join(folder, ".idstack/schemas/example.com/v1.json"), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it("does not depend on the order of the definitions, nor on files and folders", async () => {
    const files = { "crds/b/gadget.yaml": gadgetCrd(), "crds/widget.json": "{}", "crds/a.yml": widgetCrd() };
    const [one, other] = [temporary(files), temporary(files)];
    await run(["schemas", "add", "crds"], one);
    await run(["schemas", "add", "crds/b/gadget.yaml"], other);
    await run(["schemas", "add", "crds/a.yml"], other);
    expect(added(other)).toEqual(added(one));
    expect(added(one)["example.com/v1.d.ts"]).toMatch(/interface Gadget .*interface Widget /s);
  });

  it("forgets versions that a definition no longer serves", async () => {
    const folder = temporary({ "old.yaml": widgetCrd({ versions: ["v1beta1"] }), "new.yaml": widgetCrd() });
    await run(["schemas", "add", "old.yaml"], folder);
    const { stdout } = await run(["schemas", "add", "new.yaml"], folder);
    expect(stdout).toContain("remove   .idstack/schemas/example.com/v1beta1.json");
    expect(Object.keys(added(folder)).filter((path) => path.includes("beta"))).toEqual([]);
  });

  it("goes to the root of the repository, named from where the command runs", async () => {
    const folder = temporary({ ".git/HEAD": "", "apps/crd.yaml": widgetCrd() });
    const { stdout } = await run(["schemas", "add", "crd.yaml"], join(folder, "apps"));
    expect(stdout).toContain('import type { Widget } from "../.idstack/schemas/example.com/v1.d.ts";');
    expect(Object.keys(added(folder))).toContain("example.com/v1.json");
  });

  it("as JSON", async () => {
    const folder = temporary({ "crd.yaml": widgetCrd() });
    const { changes, ...rest } = JSON.parse((await run(["schemas", "add", "crd.yaml", "--json"], folder)).stdout);
    expect(changes).toContainEqual({ path: "example.com/v1.json", change: "write" });
    expect(rest).toEqual({
      directory: ".idstack/schemas",
      diagnostics: [],
      kinds: [{ apiVersion: "example.com/v1", kind: "Widget", types: "./.idstack/schemas/example.com/v1.d.ts" }],
    });
  });
});

it("types compile in a strict consumer, by the specifier that was printed", async () => {
  const code = `import type { Widget } from "./.idstack/schemas/example.com/v1.d.ts";
export const ok: Widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "a" }, spec: { size: 1 } };
// @ts-expect-error Did you mean 'colour'?
export const misspelt: Widget = { apiVersion: "example.com/v1", kind: "Widget", spec: { color: "red" } };
// @ts-expect-error '"blue"' is not assignable
export const blue: Widget = { apiVersion: "example.com/v1", kind: "Widget", spec: { colour: "blue" } };
// @ts-expect-error 'spec' is missing
export const empty: Widget = { apiVersion: "example.com/v1", kind: "Widget" };
console.log(ok.spec.size);
`;
  const compilerOptions = {
    target: "es2024",
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    types: [],
    lib: ["es2024", "dom"],
    noEmit: true,
  };
  const folder = temporary({
    "crd.yaml": widgetCrd(),
    "main.ts": code,
    "tsconfig.json": JSON.stringify({ compilerOptions, files: ["main.ts"] }),
  });
  await run(["schemas", "add", "crd.yaml"], folder);
  const tsc = join(import.meta.dirname, "../../../../node_modules/.bin/tsc");
  const output = () => execFileSync(tsc, ["-p", ".", "--pretty", "false"], { cwd: folder, encoding: "utf8" });
  expect(output()).toBe("");
  expect(execFileSync(process.execPath, ["main.ts"], { cwd: folder, encoding: "utf8" })).toBe("1\n");
  write(folder, "main.ts", code.replace("size: 1", 'size: "1"'));
  expect(output).toThrow();
});

describe("what is used at once", () => {
  it("audit: a misspelt field of an own kind, also in a folder below", async () => {
    const folder = temporary({ "crd.txt": "", "clusters/home/a.yaml": misspeltWidget, "crds/a.yaml": widgetCrd() });
    const only = ["audit", "--only", "schema-unknown-field,schema-not-checked", "clusters/home"];
    expect((await run(only, folder)).stdout).toContain("info schema-not-checked");
    await run(["schemas", "add", "crds"], folder);
    const { status, stdout } = await run(only, folder);
    expect(status).toBe(1);
    expect(stdout).toContain(
      [
        "clusters/home/a.yaml:5:3 error schema-unknown-field: unknown field color",
        "  at spec.color",
        "  5 |   color: red",
        "    |   ^",
        "  Did you mean colour?",
      ].join("\n"),
    );
  });

  it("audit: by a definition in the tree, without adding it", async () => {
    const folder = temporary({ "a.yaml": misspeltWidget, "crds/a.yaml": widgetCrd() });
    const { stdout } = await run(["audit", "--only", "schema-unknown-field"], folder);
    expect(stdout).toContain("a.yaml:5:3 error schema-unknown-field");
  });

  it("render: an object of the declaration, with its place in the file that would be written", async () => {
    const folder = home((text) =>
      text.replace(
        "export default defineStack({",
        `const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "a", namespace: "apps" }, spec: { color: "red" } };
export default defineStack({
  objects: [widget],`,
      ),
    );
    write(folder, "crd.yaml", widgetCrd());
    await run(["schemas", "add", "crd.yaml"], folder);
    const { status, stdout } = await run(["render"], folder);
    expect(stdout).toMatch(/\.yaml:\d+:3 error unknown-field: unknown field color\n {2}at spec\.color\n/);
    expect(stdout).toContain("Did you mean colour?");
    expect(status).toBe(1);
  });
});

describe("what is wrong", () => {
  it("a schema that is not structural: file, line, column; nothing is written", async () => {
    const fields = "size: { minimum: 1 }, colour: { type: text }";
    const folder = temporary({ "crds/good.yaml": gadgetCrd(), "crds/wrong.yaml": widgetCrd({ fields }) });
    const { status, stdout } = await run(["schemas", "add", "crds"], folder);
    expect(status).toBe(1);
    expect(stdout).toBe(`crds/wrong.yaml:19:29 error definition: this schema has no type
  at spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.size
  19 |               properties: { size: { minimum: 1 }, colour: { type: text } }
     |                             ^
  Add type, or x-kubernetes-preserve-unknown-fields: true for anything at all.

crds/wrong.yaml:19:61 error definition: there is no type "text"
  at spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.colour.type
  19 |               properties: { size: { minimum: 1 }, colour: { type: text } }
     |                                                             ^
  Use array, boolean, integer, number, object, string.
nothing was written to .idstack/schemas
`);
    expect(readdirSync(folder)).not.toContain(".idstack");
  });

  it.each([
    ["a misspelt field", widgetCrd().replace("plural:", "plurals:"), "unknown-field: unknown field plurals"],
    [
      "a version of definitions that is gone",
      widgetCrd().replace("k8s.io/v1\n", "k8s.io/v1beta1\n"),
      "unserved-version",
    ],
    ["a name that leaves the folder", widgetCrd().replace("group: example.com", "group: ../../x"), "is no valid group"],
    ["broken YAML", "kind: [CustomResourceDefinition\n", "crd.yaml:2:1 error"],
  ])("%s", async (_, text, expected) => {
    const folder = temporary({ "crd.yaml": text });
    const { status, stdout } = await run(["schemas", "add", "crd.yaml"], folder);
    expect(stdout).toContain(expected);
    expect(status).toBe(1);
    expect(readdirSync(folder)).not.toContain(".idstack");
  });

  it.each([
    ["no such file", ["gone.yaml"], "there is no file or folder gone.yaml"],
    ["no definition", ["a.yaml"], "there is no CustomResourceDefinition in a.yaml"],
  ])("%s", async (_, paths, message) => {
    const folder = temporary({ "a.yaml": misspeltWidget });
    expect(await run(["schemas", "add", ...paths], folder)).toEqual({
      status: 2,
      stdout: "",
      stderr: `idstack: ${message}\n`,
    });
  });

  it("a file of the folder that somebody else wrote", async () => {
    const folder = temporary({ "crd.yaml": widgetCrd() });
    mkdirSync(join(folder, ".idstack/schemas"), { recursive: true });
    write(folder, ".idstack/schemas/a.json", "[]\n");
    const { status, stderr } = await run(["schemas", "add", "crd.yaml"], folder);
    expect(stderr).toContain(".idstack/schemas/a.json holds no schemas");
    expect(status).toBe(2);
  });
});
