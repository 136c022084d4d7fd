import { expect, it } from "vitest";
import { recordEvidence, renderEvidence } from "../../src/suites/evidence.ts";

it("is a table of what was checked with which version", () => {
  const row = { component: "sops", version: "3.13.3", proves: "reads what we write", checked: 1200, unit: "files" };
  expect(renderEvidence([{ ...row, mismatches: 0 }])).toBe(
    "component  version  proves               checked      mismatches\n" +
      "sops       3.13.3   reads what we write  1,200 files  0\n",
  );
});

it("takes nothing for a proof that looked at nothing", async () => {
  const row = { component: "sops", proves: "nothing", checked: 0, unit: "files", mismatches: 0 };
  await expect(recordEvidence(row)).rejects.toThrow('"nothing" is shown by no files');
});

it("knows the components", async () => {
  const row = { component: "soap", proves: "nothing", checked: 1, unit: "files", mismatches: 0 };
  await expect(recordEvidence(row)).rejects.toMatchObject({ code: "unknown-component" });
});
