import { checkCron } from "./check-cron.ts";
import type { CronFields } from "./cron-schedule.ts";

/** Schedules by name, all at a quiet hour: daily 03:00, weekly Sunday 03:00, hourly at minute 0. */
export type CronPreset = "hourly" | "daily" | "weekly";

const PRESETS: Readonly<Record<CronPreset, string>> = {
  hourly: "0 * * * *",
  daily: "0 3 * * *",
  weekly: "0 3 * * 0",
};

/**
 * The cron expression of a preset, with the number of fields the reader expects.
 *
 * @example
 * ```ts
 * import { cronPreset } from "@idstack/backup";
 * console.log(cronPreset("daily", { fields: 6 })); // 0 0 3 * * *
 * ```
 */
export function cronPreset(preset: CronPreset, options: { readonly fields: CronFields }): string {
  return options.fields === 6 ? `0 ${PRESETS[preset]}` : PRESETS[preset];
}

/** The expression of a preset or of a checked text; throws TypeError with the findings of {@link checkCron}. */
export function scheduleText(kind: string, schedule: string, fields: CronFields): string {
  if (Object.hasOwn(PRESETS, schedule)) return cronPreset(schedule as CronPreset, { fields });
  const errors = checkCron(schedule, { fields }).filter((finding) => finding.severity === "error");
  if (errors.length === 0) return schedule;
  throw new TypeError(
    errors.map(({ message, help }) => [`${kind}: ${message}.`, help].filter(Boolean).join(" ")).join("\n"),
  );
}
