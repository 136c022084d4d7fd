import { expect, test } from "vitest";
import { differences } from "../src/differences.ts";

test("names the place of each difference and both values", () => {
  const before = { a: { type: "string", enum: ["x", "y"] }, gone: 1, list: [] };
  const after = { a: { type: "integer", enum: ["x"] }, list: {}, "new.name": null };
  expect(differences(before, after)).toEqual([
    'a.type: "string" → "integer"',
    'a.enum[1]: "y" → nothing',
    "gone: 1 → nothing",
    "list: [] → {}",
    "new.name: nothing → null",
  ]);
});

test("says nothing of what is equal, and shortens what is long", () => {
  expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 1 }] })).toEqual([]);
  expect(differences("x".repeat(500), 1)[0]).toHaveLength(`.: ${"x".repeat(119)}… → 1`.length);
});
