import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeRegex, exactPath, pathPrefix } from "../../src/index.ts";

const full = (pattern: string, value: string) => new RegExp(`^(?:${pattern})$`).test(value);

describe("HTTP path helpers", () => {
  it("escapes everything a regular expression could read into it", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        expect(full(escapeRegex(text), text)).toBe(true);
        if (other !== text) expect(full(escapeRegex(text), other)).toBe(false);
      }),
    );
  });

  it("matches exactly a path, whatever its query", () => {
    const pattern = exactPath("/a.b");
    expect(["/a.b", "/a.b?x=1"].map((path) => full(pattern, path))).toEqual([true, true]);
    expect(["/a.b/", "/a.bc", "/axb", "/"].map((path) => full(pattern, path))).toEqual([false, false, false, false]);
  });

  it("matches a prefix by whole segments", () => {
    const pattern = pathPrefix("/v1");
    expect(["/v1", "/v1/", "/v1/x/y", "/v1?x"].every((path) => full(pattern, path))).toBe(true);
    expect(["/v10", "/v", "/x/v1"].some((path) => full(pattern, path))).toBe(false);
    expect(["/", "/x?y"].every((path) => full(pathPrefix("/"), path))).toBe(true);
    expect(full(pathPrefix("/v1/"), "/v1")).toBe(false);
  });

  it("needs a path", () => {
    expect(() => exactPath("v1")).toThrow('"v1" is not a path: it does not begin with "/"');
    expect(() => pathPrefix("")).toThrow(TypeError);
  });
});
