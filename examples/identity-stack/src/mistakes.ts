import { type AuditReport, auditTree } from "@idstack/audit";
import { readEndpoints } from "@idstack/reach";

/** The audit of the rendered tree, which has to be clean, and of the manifests that make every mistake. */
export interface AuditResult {
  readonly ok: boolean;
  readonly rendered: AuditReport;
  readonly before: AuditReport;
}

/** Audits both trees. */
export async function auditBoth(rendered: string, before: string): Promise<AuditResult> {
  const [clean, mistakes] = await Promise.all([
    auditTree(rendered, { endpoints: await readEndpoints(rendered) }),
    auditTree(before),
  ]);
  const silent = mistakes.checks.filter(({ findings }) => findings === 0);
  return { ok: clean.findings.length === 0 && silent.length === 0, rendered: clean, before: mistakes };
}
