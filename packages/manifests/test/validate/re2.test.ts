import { catalog, loadGroupVersion } from "@idstack/schemas";
import { RE2JS } from "re2js";
import { expect, test } from "vitest";
import { compileRe2 } from "../../src/validate/re2.ts";
import { PATTERN_TEXTS, PATTERNS } from "../../test-real/definitions/patterns.ts";

test.each(PATTERNS)("%s", (pattern) => {
  const server = RE2JS.compile(pattern);
  const ours = compileRe2(pattern);
  expect(ours).toBeDefined();
  expect(PATTERN_TEXTS.filter((text) => ours?.test(text))).toEqual(
    PATTERN_TEXTS.filter((text) => server.matcher(text).find()),
  );
});

test.each(["^(?i:a)b$", "a(?i)b", "(?m)^a$", "(?U)a+", "[[:^alpha:]]", "\\Cb", "(", "[z-a]"])(
  "%s checks nothing: JavaScript cannot say it",
  (pattern) => expect(compileRe2(pattern)).toBeUndefined(),
);

test("every recorded pattern can be checked", () => {
  const apiVersions = new Set(catalog.map(({ apiVersion }) => apiVersion));
  const text = [...apiVersions].map((apiVersion) => JSON.stringify(loadGroupVersion(apiVersion))).join("\n");
  const patterns = new Set(
    [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, json = '""']) => JSON.parse(json) as string),
  );
  expect(patterns.size).toBeGreaterThan(50);
  expect([...patterns].filter((pattern) => compileRe2(pattern) === undefined)).toEqual([]);
});
