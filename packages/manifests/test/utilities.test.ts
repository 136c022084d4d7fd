import { describe, expect, test } from "vitest";
import { closest, formatPath, formatRef, getAt, groupOf, objectRef } from "../src/index.ts";

test.each([
  [[], ""],
  [["spec", "ingress", 0, "from"], "spec.ingress[0].from"],
  [["metadata", "labels", "app.kubernetes.io/name"], 'metadata.labels["app.kubernetes.io/name"]'],
  [["data", ""], 'data[""]'],
  [[0, "a-b"], "[0].a-b"],
])("formatPath %j", (path, text) => {
  expect(formatPath(path)).toBe(text);
});

test("getAt reads own properties and never throws", () => {
  const value = { a: [{ b: null }], __proto__: { inherited: 1 } };
  expect(getAt(value, ["a", 0, "b"])).toBeNull();
  expect(getAt(value, [])).toBe(value);
  for (const path of [["a", 1, "b"], ["a", 0, "b", "c"], ["toString"], ["inherited"], ["a", "length", "x"]]) {
    expect(getAt(value, path)).toBeUndefined();
  }
  expect(getAt(undefined, ["a"])).toBeUndefined();
});

test("objectRef, formatRef, groupOf", () => {
  expect(formatRef(objectRef({ apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "n" } }))).toBe(
    "Pod n/a",
  );
  expect(formatRef(objectRef({ apiVersion: "v1", kind: "Pod" }))).toBe("Pod (no name)");
  expect([groupOf("v1"), groupOf("apps/v1"), groupOf("cilium.io/v2")]).toEqual(["", "apps", "cilium.io"]);
});

describe("closest", () => {
  const fields = ["fromEndpoints", "toEndpoints", "toPorts", "endpointSelector", "ingress", "egress"];
  test.each([
    ["fromEndpoint", "fromEndpoints"],
    ["toendpoints", "toEndpoints"],
    ["to_ports", "toPorts"],
    ["toPrts", "toPorts"],
    ["tPoorts", "toPorts"],
    ["inrgess", "ingress"],
    ["selector", undefined],
    ["spec", undefined],
    ["", undefined],
  ])("%s → %s", (name, meant) => {
    expect(closest(name, fields)).toBe(meant);
  });

  test("prefers an equal name, then the nearest, then the first", () => {
    expect(closest("port", ["ports", "port"])).toBe("port");
    expect(closest("metdata", ["dataa", "metadata"])).toBe("metadata");
    expect(closest("bat", ["cat", "hat"])).toBe("cat");
  });
});
