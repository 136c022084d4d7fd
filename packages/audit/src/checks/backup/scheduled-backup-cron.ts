import { checkSchedules } from "@idstack/backup";
import { defineCheck } from "../../check.ts";

/** A backup schedule whose cron has the wrong number of fields for its reader, or does not parse. */
export const scheduledBackupCron = defineCheck(
  {
    id: "scheduled-backup-cron",
    title: "Backup schedule with the wrong number of cron fields",
    severity: "error",
    rationale:
      "CloudNativePG reads six fields, seconds first; Velero reads five. Five fields in a ScheduledBackup shift every number one place: `15 3 * * *` runs every hour instead of every night, until the bucket is full or retention has dropped the old backups.",
    fix: "Write six fields for a ScheduledBackup, seconds first: `0 15 3 * * *` for every night at 03:15.",
    references: ["https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups"],
    fixtures: { before: ["databases/schedule-with-five-fields.yaml"], clean: ["database.yaml"] },
  },
  function* ({ documents }) {
    for (const document of documents) {
      for (const { message, severity, help } of checkSchedules([document])) {
        yield { document, path: ["spec", "schedule"], message, severity, help };
      }
    }
  },
);
