import { type AuditReport, auditTree, checks } from "@idstack/audit";
import { beforeAll, describe, expect, it } from "vitest";
import { fixturesDir } from "./places.ts";

describe("the correct forms are clean", () => {
  let report: AuditReport;
  beforeAll(async () => {
    report = await auditTree(fixturesDir);
  });

  it.each(checks.map(({ id }) => id))("%s", (id) => {
    expect(report.findings.filter(({ code }) => code === id)).toEqual([]);
  });

  it("what needs an exception says why", () => {
    const reasons = report.suppressed.map(({ code, object, reason }) => `${object?.name} ${code}: ${reason}`);
    expect(reasons).toEqual([
      "spire-agent security-context: the agent attests processes of the node and runs as root",
      "built-here image-tag: built on this node, never pulled",
    ]);
  });
});
