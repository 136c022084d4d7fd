import type { Diagnostic, KubeObject } from "@idstack/manifests";
import { checkCron } from "./cron/check-cron.ts";
import type { CronFields } from "./cron/cron-schedule.ts";

/** The part of a parsed document that this check reads; `ManifestDocument` of `@idstack/manifests` fits. */
export interface ScheduleDocument {
  readonly object: KubeObject;
  readonly file?: string | undefined;
  locate(path: readonly (string | number)[]): { readonly line: number; readonly column: number } | undefined;
}

const PATH = ["spec", "schedule"] as const;

/**
 * Checks the cron expression of every Velero Schedule and CloudNativePG ScheduledBackup among the documents.
 *
 * Codes are those of {@link checkCron}; each finding has the position of `spec.schedule`.
 *
 * @example
 * ```ts
 * import { documentsOf } from "@idstack/manifests";
 * import { checkSchedules } from "@idstack/backup";
 * const findings = checkSchedules(documentsOf([
 *   { apiVersion: "postgresql.cnpg.io/v1", kind: "ScheduledBackup", metadata: { name: "db" }, spec: { schedule: "0 3 * * *" } } as never,
 * ]));
 * console.log(findings[0]?.code, findings[0]?.path); // backup/cron-fields spec.schedule
 * ```
 */
export function checkSchedules(documents: readonly ScheduleDocument[]): Diagnostic[] {
  return documents.flatMap((document) => {
    const fields = fieldsOf(document.object);
    const schedule = (document.object as { spec?: { schedule?: unknown } }).spec?.schedule;
    if (fields === undefined || typeof schedule !== "string") return [];
    return checkCron(schedule, { fields, path: "spec.schedule", file: document.file, ...document.locate(PATH) });
  });
}

function fieldsOf({ apiVersion, kind }: KubeObject): CronFields | undefined {
  const group = apiVersion.split("/")[0];
  if (group === "velero.io" && kind === "Schedule") return 5;
  if (group === "postgresql.cnpg.io" && kind === "ScheduledBackup") return 6;
  return undefined;
}
