import { describe, expect, test } from "vitest";
import { matchesSelector } from "../src/index.ts";

const labels = { app: "web", tier: "front" };
const expression = (key: string, operator: string, values?: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe("matchesSelector", () => {
  test.each([
    ["missing", undefined, false],
    ["empty", {}, true],
    ["label", { matchLabels: { app: "web" } }, true],
    ["other value", { matchLabels: { app: "api" } }, false],
    ["one of two labels", { matchLabels: { app: "web", zone: "a" } }, false],
    ["inherited name", { matchLabels: { toString: "x" } }, false],
    ["In", expression("app", "In", ["api", "web"]), true],
    ["In, absent", expression("zone", "In", ["a"]), false],
    ["In without values", expression("app", "In"), false],
    ["NotIn", expression("app", "NotIn", ["web"]), false],
    ["NotIn, absent", expression("zone", "NotIn", ["a"]), true],
    ["NotIn without values", expression("app", "NotIn", []), false],
    ["Exists", expression("tier", "Exists"), true],
    ["Exists, absent", expression("zone", "Exists"), false],
    ["DoesNotExist", expression("tier", "DoesNotExist"), false],
    ["DoesNotExist, absent", expression("zone", "DoesNotExist"), true],
    ["unknown operator", expression("app", "Equals", ["web"]), false],
    ["both parts", { matchLabels: { app: "web" }, ...expression("tier", "In", ["back"]) }, false],
  ])("%s", (_, selector, result) => {
    expect(matchesSelector(selector, labels)).toBe(result);
  });

  test("no labels", () => {
    expect(matchesSelector({}, undefined)).toBe(true);
    expect(matchesSelector({ matchLabels: { a: "b" } }, undefined)).toBe(false);
  });
});
