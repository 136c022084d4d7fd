import { everyValue, type FieldName } from "../internal/cron-field.ts";
import type { CronSchedule } from "./cron-schedule.ts";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/**
 * Says in words when a schedule runs.
 *
 * @example
 * ```ts
 * import { describeCron, parseCron } from "@idstack/backup";
 * const result = parseCron("0 3 * * *", { fields: 5 });
 * if (result.ok) console.log(describeCron(result.schedule)); // every day at 03:00
 * ```
 */
export function describeCron(schedule: CronSchedule): string {
  const when =
    schedule.everySeconds === undefined ? `${days(schedule)}${time(schedule)}` : interval(schedule.everySeconds);
  return schedule.timeZone === undefined ? when : `${when} (${schedule.timeZone})`;
}

function time({ seconds, minutes, hours }: CronSchedule): string {
  const [second = 0] = seconds;
  const [minute = 0] = minutes;
  if (seconds.length > 1) {
    const base = seconds.length === 60 ? "every second" : `at seconds ${list(seconds)}`;
    return `${base}${of("minute", minutes)}${of("hour", hours)}`;
  }
  const tail = second === 0 ? "" : ` and ${second} s`;
  if (minutes.length === 1 && hours.length === 1) return `at ${two(hours[0] ?? 0)}:${two(minute)}${tail}`;
  if (minutes.length === 1 && hours.length === 24) return `every hour at minute ${minute}${tail}`;
  if (minutes.length === 1) return `at minute ${minute}${tail} of hours ${list(hours)}`;
  const base = minutes.length === 60 ? "every minute" : `at minutes ${list(minutes)}`;
  return `${base}${tail}${of("hour", hours)}`;
}

function days(schedule: CronSchedule): string {
  const { daysOfMonth, months, daysOfWeek, hours } = schedule;
  const parts = [
    daysOfWeek.length < 7 ? `on ${daysOfWeek.map((day) => DAYS[day]).join(", ")}` : undefined,
    daysOfMonth.length < 31 ? `on day ${list(daysOfMonth)} of the month` : undefined,
  ].filter((part) => part !== undefined);
  const month = months.length < 12 ? ` in month ${list(months)}` : "";
  const day = parts.join(" or ") || (hours.length === 24 && month === "" ? "" : "every day");
  return day + month === "" ? "" : `${day}${month} `;
}

function of(name: FieldName, values: readonly number[]): string {
  return values.length === everyValue(name).length ? "" : ` of ${name} ${list(values)}`;
}

function interval(seconds: number): string {
  if (seconds % 3600 === 0) return `every ${seconds / 3600} h`;
  return seconds % 60 === 0 ? `every ${seconds / 60} min` : `every ${seconds} s`;
}

function list(values: readonly number[]): string {
  const [first = 0, second = 0] = values;
  const step = second - first;
  const last = values.at(-1) ?? 0;
  const even = values.length > 3 && values.every((value, index) => value === first + index * step);
  return even ? `${first}-${last}${step === 1 ? "" : ` in steps of ${step}`}` : values.join(", ");
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
