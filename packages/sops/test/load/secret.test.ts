import { deepStrictEqual } from "node:assert";
import { format, inspect } from "node:util";
import { deserialize, serialize } from "node:v8";
import { describe, expect, test } from "vitest";
import { Secret } from "../../src/index.ts";

const secret = new Secret("hunter2");
const holder = { token: secret, list: [secret] };

describe("a secret reads [redacted]", () => {
  test.each<[string, unknown]>([
    ["String()", String(secret)],
    ["a template", `${secret}`],
    ["+", `x${secret}`.slice(1)],
    ["concat", "".concat(String(secret))],
    ["join", [secret].join()],
    ["JSON.stringify", JSON.parse(JSON.stringify(secret))],
    ["toLocaleString", secret.toLocaleString()],
    ["util.inspect", inspect(secret)],
    ["%s", format("%s", secret)],
    ["%o", format("%o", secret)],
    ["%O", format("%O", secret)],
    ["an error", new Error(`${secret}`).message],
  ])("%s", (_, shown) => expect(shown).toBe("[redacted]"));

  test("inside objects and errors", () => {
    expect(inspect(holder)).toBe("{ token: [redacted], list: [ [redacted] ] }");
    expect(JSON.stringify(holder)).toBe('{"token":"[redacted]","list":["[redacted]"]}');
    expect(inspect(new Error("failed", { cause: secret }))).toContain("[cause]: [redacted]");
    // What assertions print of both sides.
    expect(() => deepStrictEqual(holder, {})).toThrow(expect.not.stringContaining("hunter2") as Error);
    expect(Number(secret)).toBeNaN();
  });
});

test("copies are empty, and no way of looking shows the value", () => {
  expect({ ...secret }).toEqual({});
  expect(Object.assign({}, secret)).toEqual({});
  expect(structuredClone(secret)).toEqual({});
  expect(deserialize(serialize({ secret }))).toEqual({ secret: {} });
  expect(Reflect.ownKeys(secret)).toEqual([]);
  const looks = [
    inspect(secret, { customInspect: false, showHidden: true, getters: true, depth: 9 }),
    inspect(new Proxy(secret, {}), { showProxy: true }),
    JSON.stringify(secret, (_, value) => value),
    String(Object.entries(holder)),
    format("%j %d %i %f", secret, secret, secret, secret),
  ];
  for (const shown of looks) expect(shown).not.toContain("hunter2");
});

test("reveal gives the value itself, and nothing can be hung on a secret", () => {
  const value = { a: 1 };
  expect(new Secret(value).reveal()).toBe(value);
  expect(() => Object.assign(secret, { leak: secret.reveal() })).toThrow(TypeError);
});
