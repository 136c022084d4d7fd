import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getAt, parseManifests } from "../../src/index.ts";

const codes = (text: string, file?: string) =>
  parseManifests(text, { file }).diagnostics.map(({ code, line, column }) => [code, line, column]);
const head = "apiVersion: v1\nkind: ConfigMap\n";
const data = (text: string) => getAt(parseManifests(`${head}${text}`).documents[0]?.object, ["data"]);

describe("documents", () => {
  test("reads several documents, empty ones and comments between them", () => {
    const text = "---\n# nothing\n---\napiVersion: v1\nkind: A\n---\n---\napiVersion: v1\nkind: B\n...\n";
    const { documents, diagnostics, skipped } = parseManifests(text);
    expect(documents.map(({ object }) => object.kind)).toEqual(["A", "B"]);
    expect([...diagnostics, ...skipped]).toEqual([]);
  });

  test("reads JSON, with tabs and positions", () => {
    const { documents, diagnostics } = parseManifests(
      '{\n\t"apiVersion": "v1",\n\t"kind": "Pod",\n\t"spec": {\n\t\t"a": [1]\n\t}\n}\n',
    );
    expect(diagnostics).toEqual([]);
    expect(documents[0]?.locate(["spec", "a", 0])).toEqual({ line: 5, column: 9 });
  });

  test("reads Windows line ends and a byte order mark", () => {
    const { documents, diagnostics } = parseManifests("\ufeffapiVersion: v1\r\nkind: Pod\r\nspec:\r\n  a: b\r\n");
    expect(diagnostics).toEqual([]);
    expect(documents[0]?.object).toEqual({ apiVersion: "v1", kind: "Pod", spec: { a: "b" } });
    expect(documents[0]?.locate(["spec", "a"])).toEqual({ line: 4, column: 3 });
  });

  test("unfolds List kinds, nested too, with exact positions", () => {
    const text =
      "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata:\n      name: a\n  - apiVersion: v1\n    kind: ConfigMapList\n    items:\n      - metadata: {name: b}\n";
    const { documents, diagnostics } = parseManifests(text, { file: "list.yaml" });
    expect(diagnostics).toEqual([]);
    expect(documents.map(({ object }) => [object.apiVersion, object.kind, object.metadata?.name])).toEqual([
      ["v1", "Pod", "a"],
      ["v1", "ConfigMap", "b"],
    ]);
    expect(documents[0]?.locate(["metadata", "name"])).toEqual({ line: 7, column: 7 });
    expect(documents[1]?.locate(["metadata", "name"], "value")).toEqual({ line: 11, column: 26 });
    expect(documents[1]?.file).toBe("list.yaml");
  });

  test("a List without items is empty", () => {
    for (const items of ["items: []\n", "items:\n", ""]) {
      const { documents, diagnostics } = parseManifests(`apiVersion: v1\nkind: List\n${items}`);
      expect([documents, diagnostics]).toEqual([[], []]);
    }
  });

  test("keeps keys that mean something to JavaScript", () => {
    const { documents } = parseManifests(`${head}data:\n  __proto__: {x: "1"}\n  constructor: "2"\n  toString: "3"\n`);
    expect(Object.entries(getAt(documents[0]?.object, ["data"]) as object)).toEqual([
      ["__proto__", { x: "1" }],
      ["constructor", "2"],
      ["toString", "3"],
    ]);
    expect(({} as { x?: string }).x).toBeUndefined();
    expect(documents[0]?.locate(["data", "__proto__", "x"])).toEqual({ line: 4, column: 15 });
  });

  test("reads tags of dates, sets and bytes as plain data", () => {
    expect(data("data: {a: !!timestamp 2024-01-02, b: !!set {c, d}, e: !!binary aGk=, f: !Ref g}\n")).toEqual({
      a: "2024-01-02",
      b: { c: null, d: null },
      e: "aGk=",
      f: "g",
    });
    expect(parseManifests(`%YAML 1.1\n---\n${head}data: {a: 12:30, b: 0o17}\n`).documents[0]?.object).toMatchObject({
      data: { a: "12:30", b: 15 },
    });
  });

  test("reports a list item that is no object", () => {
    expect(codes("apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: A\n  - oops\n")).toEqual([
      ["list-item", 6, 5],
    ]);
  });

  test("expands anchors and merge keys and locates through them", () => {
    const { documents } = parseManifests(`${head}x: &x\n  a: 1\n  b: 2\np:\n  <<: *x\n  b: 3\nz: *x\n`);
    expect(documents[0]?.object).toMatchObject({ p: { a: 1, b: 3 }, z: { a: 1, b: 2 } });
    expect(documents[0]?.locate(["p", "a"])).toEqual({ line: 4, column: 3 });
    expect(documents[0]?.locate(["p", "b"])).toEqual({ line: 8, column: 3 });
    expect(documents[0]?.locate(["z", "b"])).toEqual({ line: 5, column: 3 });
    expect(documents[0]?.locate(["z"], "value")).toEqual({ line: 9, column: 4 });
  });

  test("locates keys, values, items, and the nearest ancestor of what is missing", () => {
    const document = parseManifests(`${head}spec:\n  ports:\n    - port: 80\n      name:\n`).documents[0];
    expect(document?.locate([])).toEqual({ line: 1, column: 1 });
    expect(document?.locate(["spec"])).toEqual({ line: 3, column: 1 });
    expect(document?.locate(["spec"], "value")).toEqual({ line: 4, column: 3 });
    expect(document?.locate(["spec", "ports", 0])).toEqual({ line: 5, column: 7 });
    expect(document?.locate(["spec", "ports", 0, "port"], "value")).toEqual({ line: 5, column: 13 });
    expect(document?.locate(["spec", "ports", 0, "name", "x"])).toEqual({ line: 6, column: 7 });
    expect(document?.locate(["spec", "ports", 4, "port"])).toEqual({ line: 4, column: 3 });
    expect(document?.locate(["status", "x"])).toEqual({ line: 1, column: 1 });
  });
});

describe("scalars as Kubernetes reads them", () => {
  test.each([
    ["yes", true],
    ["off", false],
    ["y", true],
    ["No", false],
    ["oFF", "oFF"],
    ["0777", 511],
    ["0o17", 15],
    ["0x1F", 31],
    ["0b11", 3],
    ["089", 89],
    ["1_000", 1000],
    ["-012", -10],
    ["+1", 1],
    ["1e3", 1000],
    ["12:30", "12:30"],
    ["2024-01-02", "2024-01-02"],
    ["~", null],
    ["1.2.3", "1.2.3"],
    [`\${PORT}`, `\${PORT}`],
    ['"yes"', "yes"],
  ])("%s", (written, read) => {
    expect(data(`data: ${written}\n`)).toBe(read);
  });
});

describe("diagnostics", () => {
  test("duplicate key: position of the second, last value counts", () => {
    const { documents, diagnostics } = parseManifests(`${head}data:\n  a: "1"\n  a: "2"\n`, { file: "x.yaml" });
    expect(diagnostics).toMatchObject([
      { code: "yaml-duplicate-key", severity: "error", file: "x.yaml", line: 5, column: 3 },
    ]);
    expect(documents[0]?.object).toMatchObject({ data: { a: "2" } });
  });

  test("syntax error: position, and the other documents survive", () => {
    const { documents, diagnostics } = parseManifests(`${head}data: "open\n---\n${head}`);
    expect(diagnostics[0]).toMatchObject({ code: "yaml-syntax", severity: "error" });
    expect(documents.length).toBeLessThanOrEqual(1);
    const tab = parseManifests(`${head}data:\n\ta: b\n---\n${head}`);
    expect(tab.diagnostics[0]).toMatchObject({ code: "yaml-syntax", line: 4 });
    expect(tab.documents).toHaveLength(1);
  });

  test("keys that are no strings", () => {
    expect(codes(`${head}data:\n  on: x\n  80: v\n  0x10: z\n  ~: w\n`)).toEqual([
      ["yaml-key", 4, 3],
      ["yaml-key", 6, 3],
      ["yaml-key", 7, 3],
    ]);
    expect(data("data:\n  on: x\n  80: v\n")).toEqual({ true: "x", 80: "v" });
    expect(codes(`${head}data:\n  ? [a, b]\n  : c\n`)).toEqual([["yaml-key", 4, 5]]);
  });

  test("aliases that explode", () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefgh".split("").map((c, i) => `${c}: &${c} [${`*${"abcdefg"[i]},`.repeat(9)}]`),
    ];
    expect(codes(`${head}${bomb.join("\n")}\n`)).toEqual([["yaml-alias", 1, 1]]);
  });

  test("an alias of itself, and a text that only looks like an alias", () => {
    expect(codes(`${head}data: &a\n  x: *a\n`)).toEqual([["yaml-alias", 4, 6]]);
    expect(codes(`${head}data: &a\n  <<: *a\n`)).toEqual([["yaml-alias", 4, 7]]);
    const { diagnostics, documents } = parseManifests(`${head}data:\n  host: *.example.com\n`);
    expect([diagnostics[0]?.line, diagnostics[0]?.help, documents]).toEqual([
      4,
      "Put text that starts with * in quotes.",
      [],
    ]);
    expect(codes(`${head}a: &x 1\nb: &x {c: *x}\n`)).toEqual([["yaml-alias", 4, 11]]);
    expect(codes(`${head}a: &x 1\nb: *x\nc: &x 2\nd: *x\n`)).toEqual([]);
  });

  test.each([
    ["brackets", `${head}data: ${"[".repeat(20_000)}`],
    ["JSON", `{"apiVersion":"v1","kind":"A","x":${'{"a":'.repeat(20_000)}1${"}".repeat(20_001)}`],
    [
      "indentation",
      `${head}data:\n${Array.from({ length: 3000 }, (_, level) => `${" ".repeat(level + 1)}a:\n`).join("")}`,
    ],
  ])("nesting deeper than the stack: %s", (_, text) => {
    const { documents, diagnostics } = parseManifests(text);
    expect(documents).toEqual([]);
    expect(diagnostics[0]).toMatchObject({ code: "yaml-syntax", message: "this is nested too deeply to be read" });
  });

  test("numbers that JSON does not have", () => {
    expect(codes(`${head}data: {a: .nan, b: -.inf, c: 1e400, d: 1e300}\n`)).toEqual([
      ["yaml-syntax", 3, 11],
      ["yaml-syntax", 3, 20],
      ["yaml-syntax", 3, 30],
    ]);
  });

  test("50,000 keys in one mapping take seconds, not minutes", { timeout: 60_000 }, () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `  k${index}: v\n`).join("");
    const { documents, diagnostics } = parseManifests(`${head}data:\n${keys}  k7: w\n`);
    expect(diagnostics).toMatchObject([{ code: "yaml-duplicate-key", line: 50_004 }]);
    expect(documents[0]?.locate(["data", "k49999"])).toEqual({ line: 50_003, column: 3 });
  });

  test("syntax errors quote nothing of the text", { timeout: 300_000 }, () => {
    const marker = "hunter2";
    const odd = fc.string({ unit: fc.constantFrom(..."*&!|>%@`'\"{}[]#?:-,\\ \n\t~<a"), maxLength: 6 });
    const places = (value: string) => [
      `  a: ${value}\n`,
      `  ${value}\n`,
      `  - ${value}\n`,
      `  a: "${value}\n`,
      `{a: ${value}`,
    ];
    fc.assert(
      fc.property(odd, odd, (before, after) => {
        for (const place of places(before + marker + after)) {
          const { diagnostics } = parseManifests(`apiVersion: v1\nkind: Secret\nstringData:\n${place}`);
          expect(JSON.stringify(diagnostics)).not.toContain(marker);
        }
      }),
      { numRuns: process.env["SLOW"] === "1" ? 5000 : 100 },
    );
  });

  test.each([
    ["helm value", `${head}metadata:\n  name: {{ .Values.name }}\n`, 4],
    ["helm block", `{{- if .Values.enabled }}\n${head}data:\n  a: b\n{{- end }}\n`, 1],
    ["helm include", `${head}metadata:\n  labels:\n    {{- include "x" . | nindent 4 }}\n`, 5],
    ["jinja", `${head}#{ comment }#\n{% if x %}\ndata:\n  a: b\n{% endif %}\n`, 4],
    ["variable in a flow list", `${head}data: [\${A}, "b]\n`, 3],
  ])("template instead of a confusing error: %s", (_, text, line) => {
    const { documents, skipped, diagnostics } = parseManifests(text);
    expect(diagnostics).toMatchObject([{ code: "template", severity: "warning", line }]);
    expect(documents).toEqual([]);
    expect(skipped).toMatchObject([{ reason: "template" }]);
  });

  test.each([`data:\n  a: "{{ .path }}"\n`, `data:\n  a: \${VAR}\n`, "data:\n  a: |\n    {{- if x }}\n"])(
    "no template: %j is YAML as it stands",
    (text) => {
      const { documents, diagnostics } = parseManifests(`${head}${text}`);
      expect([documents.length, diagnostics.length]).toEqual([1, 0]);
    },
  );

  test.each([
    ["kind missing", "apiVersion: v1\nmetadata: {name: a}\n"],
    ["apiVersion missing", "\nkind: Pod\nmetadata: {name: a}\n"],
    ["kind a number", "apiVersion: v1\nkind: 5\n"],
    ["kind empty", "apiVersion: v1\nkind:\n"],
  ])("object head: %s", (_, text) => {
    expect(codes(text).map(([code]) => code)).toEqual(["object-head"]);
  });
});

describe("what is no object", () => {
  test.each([
    ["kustomize", "resources: [a.yaml]\n", "apps/kustomization.yaml"],
    ["kustomize", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", undefined],
    ["kustomize", "apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: x}\n", undefined],
    ["helm", "replicas: 2\n", "chart/values.yaml"],
    ["helm", "apiVersion: v2\nname: web\nversion: 1.0.0\n", "Chart.yaml"],
    ["helm", "replicas: 2\n", "C:\\chart\\values.yaml"],
    ["not-kubernetes", "on: {push: {}}\nmax: .inf\n", ".github/workflows/ci.yml"],
    ["not-kubernetes", "replicas: 2\n", "other.yaml"],
    ["not-kubernetes", "- op: add\n  path: /a\n", undefined],
    ["not-kubernetes", "just text\n", undefined],
    ["not-kubernetes", '{"kind": "youtube#video"}', "x.json"],
  ])("%s: %j", (reason, text, file) => {
    const { documents, skipped, diagnostics } = parseManifests(text, { file });
    expect([documents, diagnostics]).toEqual([[], []]);
    expect(skipped).toMatchObject([{ reason, line: 1 }]);
  });
});

describe("SOPS and patches", () => {
  const enc = "ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]";
  test("whole file", () => {
    const { documents, diagnostics } = parseManifests(`apiVersion: ${enc}\nkind: ${enc}\nsops:\n  mac: ${enc}\n`);
    expect(documents[0]?.encrypted).toBe(true);
    expect(diagnostics).toMatchObject([{ code: "sops-file", severity: "info", line: 1 }]);
  });

  test("values only", () => {
    const { documents, diagnostics } = parseManifests(
      `apiVersion: v1\nkind: Secret\nstringData:\n  a: ${enc}\nsops:\n  lastmodified: "2026-01-01T00:00:00Z"\n  mac: ${enc}\n`,
    );
    expect([documents[0]?.encrypted, documents[0]?.object.kind, diagnostics]).toEqual([true, "Secret", []]);
    expect(parseManifests(`${head}sops: {age: [{recipient: a}]}\n`).documents[0]?.encrypted).toBe(true);
    expect(parseManifests(`${head}sops: {}\n`).documents[0]?.encrypted).toBe(false);
  });

  test("strategic merge patches are kept apart", () => {
    const { documents, patches, diagnostics } = parseManifests(`${head}data:\n  $patch: delete\n`);
    expect([documents, diagnostics, patches.map(({ patch }) => patch)]).toEqual([[], [], [true]]);
  });
});
