import { beforeAll, describe, expect, it } from "vitest";
import { conformanceRows, errorCodes, isTest, listedTests } from "../fixtures/conformance-table.ts";
import { x509Cases } from "../fixtures/x509-cases.ts";

const rows = conformanceRows();
const codes = errorCodes();

/** Unions whose codes are no rules of a specification: how this package's own files and servers fail. */
const own = ["FileErrorCode", "DevErrorCode"];

let listed: Map<string, string[]>;
beforeAll(() => {
  listed = listedTests("vitest.config.ts", "test/");
}, 120_000);

describe("the conformance table", () => {
  it("has rows, each with a name of its own", () => {
    expect(rows.length).toBeGreaterThan(140);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it("has no empty row", () => {
    for (const { id, section, level, requirement, tests } of rows) {
      expect([section, requirement].includes(""), id).toBe(false);
      expect(["MUST", "SHOULD", "MAY", "hardening"], id).toContain(level);
      expect(tests.length, id).toBeGreaterThan(0);
      for (const { file, name } of tests) expect([file === "", name === ""], id).toEqual([false, false]);
    }
  });

  it("names tests that exist", () => {
    const missing = rows.flatMap(({ id, tests }) =>
      tests.filter((test) => !isTest(test, listed)).map(({ file, name }) => `${id}: ${file} ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("knows every rule: each error code has a row, and no row has a code that does not exist", () => {
    const all = [...codes].flatMap(([union, list]) => (own.includes(union) ? [] : list));
    const covered = new Set(rows.flatMap(({ rules }) => rules));
    expect(all.filter((code) => !covered.has(code))).toEqual([]);
    expect([...covered].filter((code) => !all.includes(code))).toEqual([]);
  });

  it("proves every refusal of a certificate by a chain that is refused for it", () => {
    // A chain that is no chain has no place among the chains.
    const elsewhere = ["no-certificate", "key-mismatch", "id-mismatch"];
    const shown = new Set(x509Cases.map(({ expected }) => expected));
    expect((codes.get("VerificationErrorCode") ?? []).filter((code) => !shown.has(code as never))).toEqual(elsewhere);
  });
});
