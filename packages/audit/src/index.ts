export { type AuditInput, type AuditOptions, audit } from "./audit.ts";
export { type AuditTreeOptions, auditTree } from "./audit-tree.ts";
// For authors of checks.
export { type Check, type CheckFixtures, type CheckInfo, defineCheck, type Observation } from "./check.ts";
export { checks } from "./checks/index.ts";
export type { AuditContext } from "./context.ts";
export type { Finding, SeverityCounts, SuppressedFinding } from "./finding.ts";
export type { KnownEndpoint } from "./internal/endpoints.ts";
export type { Install } from "./internal/installs.ts";
export { type AuditReport, type CheckResult, formatJson, formatText } from "./report.ts";
