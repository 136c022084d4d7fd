import type { Diagnostic } from "@idstack/manifests";
import type { CronFields } from "./cron-schedule.ts";
import { describeCron } from "./describe-cron.ts";
import { parseCron } from "./parse-cron.ts";

/** Where the checked text stands, copied into each diagnostic. */
export interface CronCheckOptions {
  /** 5 for Velero, 6 for CloudNativePG. */
  readonly fields: CronFields;
  /** Path of the field, `spec.schedule`. */
  readonly path?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/**
 * Checks a cron expression against the number of fields its reader expects.
 *
 * - `backup/cron-fields` (error): a five-field line where six are read, or the other way round. CloudNativePG accepts
 *   five fields silently and shifts them, so the message names what the line would have meant.
 * - `backup/cron-syntax` (error): anything else that does not parse.
 * - `backup/cron-too-often` (warning): it would start more than one backup a minute.
 *
 * @example
 * ```ts
 * import { checkCron } from "@idstack/backup";
 * const [finding] = checkCron("0 3 * * *", { fields: 6 });
 * console.log(finding?.code, finding?.help); // backup/cron-fields Write "0 0 3 * * *" to run every day at 03:00.
 * ```
 */
export function checkCron(text: string, options: CronCheckOptions): Diagnostic[] {
  const { fields, ...place } = options;
  const result = parseCron(text, { fields });
  if (result.ok) {
    const { seconds, everySeconds } = result.schedule;
    const often = everySeconds === undefined ? seconds.length > 1 : everySeconds < 60;
    if (!often) return [];
    const message = `schedule "${text}" starts more than one backup a minute: ${describeCron(result.schedule)}`;
    return [
      { code: "backup/cron-too-often", severity: "warning", message, ...place, help: "Set the seconds field to 0." },
    ];
  }
  const other = parseCron(text, { fields: fields === 6 ? 5 : 6 });
  if (!other.ok) {
    return [
      { code: "backup/cron-syntax", severity: "error", message: `schedule "${text}": ${result.error}`, ...place },
    ];
  }
  return [
    { code: "backup/cron-fields", severity: "error", ...place, ...(fields === 6 ? shifted(text) : tooLong(text)) },
  ];
}

/** Five fields where seconds come first: the reader fills the weekday with * and runs at the wrong times. */
function shifted(text: string): Pick<Diagnostic, "message" | "help"> {
  const parts = text.trim().split(/\s+/);
  const zone = parts[0]?.includes("TZ=") ? `${parts.shift()} ` : "";
  const meant = parseCron(text, { fields: 5 });
  const read = parseCron(`${text} *`, { fields: 6 });
  const reading = read.ok ? `it would run ${describeCron(read.schedule)}` : `it would be refused: ${read.error}`;
  return {
    message: `schedule "${text}" has five fields, but six are read here and the first is the second: ${reading}`,
    help: `Write "${zone}0 ${parts.join(" ")}"${meant.ok ? ` to run ${describeCron(meant.schedule)}` : ""}.`,
  };
}

function tooLong(text: string): Pick<Diagnostic, "message" | "help"> {
  const parts = text.trim().split(/\s+/);
  const zone = parts[0]?.includes("TZ=") ? `${parts.shift()} ` : "";
  return {
    message: `schedule "${text}" has six fields, but five are read here, from minute to weekday`,
    help: `Leave out the seconds: "${zone}${parts.slice(1).join(" ")}".`,
  };
}
