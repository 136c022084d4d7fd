import { dirname, join, posix } from "node:path";
import { type AuditReport, audit, type Check, checks, formatText } from "@idstack/audit";
import { closest, readTree, renderDiagnostics, type TextFile } from "@idstack/manifests";
import { readEndpoints } from "@idstack/reach";
import { CliError } from "../errors.ts";
import { excerpts } from "./excerpts.ts";
import { ownSchemas } from "./schemas/own-schemas.ts";

/** A report with the texts it is about. */
export interface AuditedFolder {
  readonly report: AuditReport;
  readonly files: readonly TextFile[];
}

/** Audits a folder, with the pods that each rendered tree in it announces: a repository may hold several clusters. */
export async function auditFolder(root: string, selected: readonly Check[], cwd: string): Promise<AuditedFolder> {
  const [tree, schemas] = await Promise.all([readTree(root), ownSchemas(root, cwd)]);
  const rendered = tree.files.filter(({ path }) => posix.join("/", path).endsWith("/.idstack/endpoints.json"));
  const endpoints = await Promise.all(rendered.map(({ path }) => readEndpoints(join(root, dirname(dirname(path))))));
  return { report: audit({ ...tree, endpoints: endpoints.flat(), schemas }, { checks: selected }), files: tree.files };
}

/**
 * The findings with the lines they are about, and a line of totals. Files are named from the working directory, so that
 * terminals can open them: `dir` is the way there.
 */
export function auditText({ report, files }: AuditedFolder, dir: string, color: boolean): string {
  const totals = formatText({ ...report, findings: [] });
  if (report.findings.length === 0) return totals;
  const below = (path: string) => posix.join(dir, path);
  const sources = excerpts(files.map(({ path, text }) => ({ path: below(path), text })));
  const findings = report.findings.map((each) =>
    each.file === undefined ? each : { ...each, file: below(each.file) },
  );
  return `${renderDiagnostics(findings, { sources, color })}\n\n${totals}`;
}

/**
 * The checks that `--only` and `--skip` leave.
 *
 * @throws CliError `unknown-check`
 */
export function selectChecks(only: readonly string[] | undefined, skip: readonly string[] = []): readonly Check[] {
  const ids = checks.map(({ id }) => id);
  for (const name of [...(only ?? []), ...skip]) {
    if (ids.includes(name)) continue;
    const near = closest(name, ids);
    const help = near === undefined ? "idstack audit --list names them all." : `Did you mean ${near}?`;
    throw new CliError("unknown-check", `there is no check ${JSON.stringify(name)}. ${help}`);
  }
  return checks.filter(({ id }) => (only === undefined || only.includes(id)) && !skip.includes(id));
}

/** What `idstack audit --list` prints. */
export function listChecks(selected: readonly Check[], json: boolean): string {
  if (json) {
    const infos = selected.map(({ id, title, severity, rationale, fix }) => ({ id, title, severity, rationale, fix }));
    return `${JSON.stringify(infos, null, 2)}\n`;
  }
  const width = Math.max(...selected.map(({ id }) => id.length));
  return selected.map(({ id, severity, title }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${title}\n`).join("");
}
