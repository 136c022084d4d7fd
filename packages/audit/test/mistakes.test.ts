import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AuditReport, auditTree, checks } from "@idstack/audit";
import { beforeAll, describe, expect, it } from "vitest";
import { mistakes } from "./mistakes.ts";
import { beforeDir, fixturesDir } from "./places.ts";

let report: AuditReport;
beforeAll(async () => {
  report = await auditTree(beforeDir);
});

const placeOf = ({ file, line, column }: { file?: string; line?: number; column?: number }) =>
  `${file}:${line}:${column}`;

describe("every mistake is named where it is made", () => {
  it.each(mistakes)("$check: $mistake", ({ check, at }) => {
    const found = report.findings.filter(({ code }) => code === check);
    expect(found.map((finding) => placeOf(finding as never))).toEqual(at);
  });

  it("nothing else is found: files with plain names are correct, and no mistake is reported twice", () => {
    const expected = mistakes.flatMap(({ check, at }) => at.map((place) => `${place} ${check}`));
    const found = report.findings.map((finding) => `${placeOf(finding as never)} ${finding.code}`);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});

describe("every check can be understood and is shown", () => {
  it.each(checks.map((check) => [check.id, check] as const))("%s", (id, check) => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    // It has to fit into the annotation name idstack.dev/ignore-<check>, of at most 63 characters after the slash.
    expect(id.length).toBeLessThanOrEqual(63 - "ignore-".length);
    for (const text of [check.title, check.rationale, check.fix]) expect(text.length).toBeGreaterThan(10);
    for (const link of check.references ?? []) expect(URL.canParse(link)).toBe(true);

    const { before = [], clean = [] } = check.fixtures ?? {};
    expect(before.length).toBeGreaterThan(0);
    expect(clean.length).toBeGreaterThan(0);
    for (const file of before) expect(existsSync(join(beforeDir, file)), file).toBe(true);
    for (const file of clean) expect(existsSync(join(fixturesDir, file)), file).toBe(true);

    const named = mistakes.filter((mistake) => mistake.check === id).flatMap(({ at }) => at);
    for (const file of before)
      expect(
        named.some((place) => place.startsWith(`${file}:`)),
        file,
      ).toBe(true);
  });

  it("ids are unique", () => {
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });
});
