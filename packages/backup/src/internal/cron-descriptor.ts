import type { CronSchedule } from "../cron/cron-schedule.ts";
import { everyValue } from "./cron-field.ts";

type Fields = Omit<CronSchedule, "text" | "timeZone">;

const SECONDS = { h: 3600, m: 60, s: 1 } as const;

/** `@daily`, `@every 6h` and their kin, or a sentence that says what is wrong. */
export function parseDescriptor(text: string): Fields | string {
  const every = /^@every\s+(.+)$/.exec(text);
  if (every) return everyInterval(every[1] ?? "");
  const midnight = { ...always(), seconds: [0], minutes: [0], hours: [0] };
  switch (text) {
    case "@yearly":
    case "@annually":
      return { ...midnight, daysOfMonth: [1], months: [1] };
    case "@monthly":
      return { ...midnight, daysOfMonth: [1] };
    case "@weekly":
      return { ...midnight, daysOfWeek: [0] };
    case "@daily":
    case "@midnight":
      return midnight;
    case "@hourly":
      return { ...always(), seconds: [0], minutes: [0] };
    default:
      return `unknown descriptor "${text}"`;
  }
}

function everyInterval(text: string): Fields | string {
  if (!/^(?:\d+[hms])+$/.test(text)) return `"${text}" is not an interval such as 6h or 1h30m`;
  let everySeconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([hms])/g)) {
    everySeconds += Number(count) * SECONDS[unit as keyof typeof SECONDS];
  }
  return everySeconds > 0 ? { ...always(), everySeconds } : `"${text}" is not a positive interval`;
}

function always(): Fields {
  return {
    seconds: everyValue("second"),
    minutes: everyValue("minute"),
    hours: everyValue("hour"),
    daysOfMonth: everyValue("day of month"),
    months: everyValue("month"),
    daysOfWeek: everyValue("day of week"),
  };
}
