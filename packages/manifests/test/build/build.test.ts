import { describe, expect, it } from "vitest";
import { assertLabel, assertName, defined, mergeValues, metadata } from "../../src/index.ts";

describe("defined", () => {
  it("drops undefined, and nothing else that is falsy", () => {
    expect(Object.keys(defined({ a: undefined, b: null, c: 0, d: "", e: false }))).toEqual(["b", "c", "d", "e"]);
  });
});

describe("metadata", () => {
  it("takes the head of the options, and leaves the rest", () => {
    const options = { name: "web", namespace: "apps", labels: { a: "b" }, annotations: undefined, replicas: 2 };
    expect(metadata(options)).toStrictEqual({ name: "web", namespace: "apps", labels: { a: "b" } });
  });

  it("copies labels, so that one object's labels are not another's", () => {
    const labels = { a: "b" };
    expect(metadata({ name: "web", labels }).labels).not.toBe(labels);
  });

  it.each([
    ["name-upper-case", { name: "Web" }, 'name: "Web" is not an object name'],
    ["namespace-with-dot", { name: "web", namespace: "a.b" }, 'namespace: "a.b" is not a name of lower-case'],
  ])("refuses %s", (_, options, message) => {
    expect(() => metadata(options)).toThrow(message);
    expect(() => metadata(options)).toThrow(TypeError);
  });
});

describe("names", () => {
  it.each(["a", "a-b", "0", "x".repeat(63)])("%s is a label", (name) => {
    expect(() => assertLabel(name, "here")).not.toThrow();
  });

  it.each(["", "-a", "a-", "a.b", "A", "a_b", "x".repeat(64)])("%j is no label", (name) => {
    expect(() => assertLabel(name, "here")).toThrow(TypeError);
  });

  it.each(["a.b-c.d", "x".repeat(253)])("%s is an object name", (name) => {
    expect(() => assertName(name, "here")).not.toThrow();
  });

  it.each(["", ".a", "a.", "a..b", "a/b", "x".repeat(254)])("%j is no object name", (name) => {
    expect(() => assertName(name, "here")).toThrow(TypeError);
  });
});

describe("mergeValues", () => {
  it("merges mappings, and replaces lists and scalars", () => {
    const base = { a: { b: 1, c: [1, 2] }, d: { e: 1 } };
    expect(mergeValues(base, { a: { c: [3], f: 2 }, d: null })).toEqual({ a: { b: 1, c: [3], f: 2 }, d: null });
    expect(base).toEqual({ a: { b: 1, c: [1, 2] }, d: { e: 1 } });
  });
});
