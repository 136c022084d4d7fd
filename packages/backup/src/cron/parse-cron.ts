import { parseDescriptor } from "../internal/cron-descriptor.ts";
import { type FieldName, parseField } from "../internal/cron-field.ts";
import type { CronFields, CronResult, CronSchedule } from "./cron-schedule.ts";

const FIELDS: readonly FieldName[] = ["second", "minute", "hour", "day of month", "month", "day of week"];

/**
 * Parses a cron expression in the dialect of `robfig/cron`, the library behind Velero and CloudNativePG.
 *
 * `fields` says how many fields the reader expects: 5 for Velero (`minute hour day month weekday`), 6 for CloudNativePG
 * (`second minute hour day month weekday`). Understood besides numbers: `*`, `?`, lists, ranges, steps, month and
 * weekday names, `@daily` and its kin, `@every 6h`, and a `TZ=` or `CRON_TZ=` prefix. Never throws on bad input.
 *
 * @example
 * ```ts
 * import { parseCron } from "@idstack/backup";
 * const result = parseCron("0 30 3 * * *", { fields: 6 });
 * if (result.ok) console.log(result.schedule.hours, result.schedule.minutes); // [ 3 ] [ 30 ]
 * ```
 */
export function parseCron(text: string, options: { readonly fields: CronFields }): CronResult {
  const zone = /^(?:CRON_)?TZ=(\S+)\s+/.exec(text);
  const body = text.slice(zone?.[0].length ?? 0).trim();
  const head = { text, ...(zone?.[1] === undefined ? {} : { timeZone: zone[1] }) };
  if (zone?.[1] !== undefined && !isTimeZone(zone[1])) return { ok: false, error: `unknown time zone "${zone[1]}"` };
  if (body.startsWith("@")) {
    const fields = parseDescriptor(body);
    return typeof fields === "string"
      ? { ok: false, error: fields }
      : { ok: true, schedule: { ...head, ...fields } satisfies CronSchedule };
  }
  const parts = body === "" ? [] : body.split(/\s+/);
  if (parts.length !== options.fields) {
    return { ok: false, error: `expected ${options.fields} fields, found ${parts.length}` };
  }
  return parseParts(head, options.fields === 5 ? ["0", ...parts] : parts);
}

function parseParts(head: Pick<CronSchedule, "text" | "timeZone">, parts: readonly string[]): CronResult {
  const values: number[][] = [];
  for (const [index, name] of FIELDS.entries()) {
    const field = parseField(name, parts[index] ?? "*");
    if (typeof field === "string") return { ok: false, error: field };
    values.push(field);
  }
  const [seconds = [], minutes = [], hours = [], daysOfMonth = [], months = [], daysOfWeek = []] = values;
  return { ok: true, schedule: { ...head, seconds, minutes, hours, daysOfMonth, months, daysOfWeek } };
}

function isTimeZone(name: string): boolean {
  if (name === "Local") return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
