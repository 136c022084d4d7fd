import type { Severity } from "@idstack/manifests";
import type { Finding, SeverityCounts, SuppressedFinding } from "./finding.ts";

/** What an audit found. */
export interface AuditReport {
  /** Ordered by file, line, column and check. */
  readonly findings: readonly Finding[];
  /** Findings that annotations with a reason silenced, in the same order. */
  readonly suppressed: readonly SuppressedFinding[];
  readonly counts: SeverityCounts;
  /** Every check that ran, in registry order, with the number of its findings. */
  readonly checks: readonly CheckResult[];
  /** Number of objects audited. */
  readonly objects: number;
}

/** A check that ran. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly findings: number;
}

/** Counts findings by severity. */
export function countBySeverity(findings: readonly Finding[]): SeverityCounts {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/**
 * A report for people: one block per finding (place, severity, check, message, help), and a line of totals.
 *
 * @example
 * ```ts
 * import { audit, formatText } from "@idstack/audit";
 * import { parseManifests } from "@idstack/manifests";
 *
 * const yaml = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: apps\n";
 * console.log(formatText(audit(parseManifests(yaml, { file: "apps.yaml" }))));
 * ```
 */
export function formatText(report: AuditReport): string {
  const blocks = report.findings.map((finding) => {
    const help = finding.help === undefined ? "" : `\n  ${finding.help}`;
    return `${placeOf(finding)}${finding.severity} ${finding.code}: ${finding.message}${help}\n`;
  });
  return [...blocks, totals(report)].join("\n");
}

/**
 * A report for programs: the {@link AuditReport} as JSON with two spaces of indentation, keys in a fixed order.
 *
 * @example
 * ```ts
 * import { audit, formatJson } from "@idstack/audit";
 *
 * const { counts } = JSON.parse(formatJson(audit({ documents: [] })));
 * console.log(counts.error); // 0
 * ```
 */
export function formatJson(report: AuditReport): string {
  const { objects, counts, findings, suppressed, checks } = report;
  return `${JSON.stringify({ objects, counts, findings, suppressed, checks }, undefined, 2)}\n`;
}

/** `apps/web.yaml:3:5 `, or nothing for an object without a file. */
function placeOf({ file, line, column, object }: Finding): string {
  if (file === undefined) return object === undefined ? "" : `${object.kind} ${object.name}: `;
  return `${[file, line, column].filter((part) => part !== undefined).join(":")} `;
}

function totals({ objects, counts, suppressed, checks }: AuditReport): string {
  const parts = [`${count(counts.error, "error")}, ${count(counts.warning, "warning")}, ${counts.info} info`];
  if (suppressed.length > 0) parts.push(`${suppressed.length} ignored with a reason`);
  return `${count(objects, "object")}, ${count(checks.length, "check")}: ${parts.join(", ")}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
