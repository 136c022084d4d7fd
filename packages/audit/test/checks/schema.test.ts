import { describe, expect, it } from "vitest";
import { findings, found } from "../found.ts";

describe("unreadable-document", () => {
  const only = { only: ["unreadable-document"] };

  it.each([
    ["a template", "kind: Service\nmetadata:\n  name: {{ .Release.Name }}\n", "warning", 3],
    ["broken YAML", "kind: [Service\n", "error", 2],
    ["a key twice", "apiVersion: v1\nkind: Namespace\nkind: Service\n", "error", 3],
    ["half a head", "kind: Service\nmetadata: { name: a }\n", "error", 1],
  ])("passes on what the parser could not read: %s", (_, yaml, severity, line) => {
    expect(findings(yaml, only)).toMatchObject([{ severity, line, file: "test.yaml" }]);
  });

  it("leaves chart values and the like alone", () => {
    expect(found("image:\n  tag: latest\n", only)).toEqual([]);
  });
});

describe("schema checks", () => {
  it("can be excused like any other", () => {
    const yaml = (annotations: string) =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: b, annotations: { ${annotations} } }\nspec: { ports: [{ port: 80, portName: http }] }\n`;
    expect(found(yaml("a: b"))).toEqual(["schema-unknown-field 4"]);
    expect(found(yaml("idstack.dev/ignore-schema-unknown-field: read by our own controller"))).toEqual([]);
  });
});
