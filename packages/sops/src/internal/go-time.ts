const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const WITH_ZONE = /^(\d{4})-(\d{1,2})-(\d{1,2})[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d{2}:\d{2})$/;
const WITHOUT_ZONE = /^(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?$/;
const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;

/** The four layouts go-yaml accepts for an unquoted timestamp, as RFC 3339 with the scalar's own offset. */
export function parseTimestamp(source: string): string | undefined {
  const match = WITH_ZONE.exec(source) ?? WITHOUT_ZONE.exec(source) ?? DATE.exec(source);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  if (!validDate(Number(year), Number(month), Number(day))) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (zone !== "Z" && (Number(zone.slice(1, 3)) > 24 || Number(zone.slice(4)) > 60)) return undefined;
  const digits = fraction.slice(0, 9).replace(/0+$/, "");
  const two = (part: string) => part.padStart(2, "0");
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${digits === "" ? "" : `.${digits}`}${
    /^[-+]00:00$/.test(zone) ? "Z" : zone
  }`;
}

/** RFC 3339 in UTC with whole seconds: the form of `lastmodified` that authenticates the MAC. */
export function utcSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

function validDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (DAYS[month - 1] ?? 0) + (month === 2 && leap ? 1 : 0);
}
