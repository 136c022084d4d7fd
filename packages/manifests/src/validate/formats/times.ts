const date = /^(\d{4})-(\d\d)-(\d\d)$/;
const time = /^(\d\d):(\d\d):(\d\d)(?:.\d+)?(?:z|[+-]\d\d:\d\d)$/u;

export function isDate(text: string): boolean {
  const [, year, month, day] = date.exec(text) ?? [];
  return month !== undefined && Number(month) <= 12 && isDayOf(Number(year), Number(month), Number(day));
}

function isDayOf(year: number, month: number, day: number): boolean {
  // Years below 100 would be taken for 19xx; the calendar repeats every 400 years.
  return month >= 1 && day >= 1 && day <= new Date(Date.UTC(400 + (year % 400), month, 0)).getUTCDate();
}

/** `date-time` of custom resources: RFC 3339, with either case and any offset, and nothing read behind a second T. */
export function isDateTime(text: string): boolean {
  const [day = "", clock = ""] = text.toLowerCase().split("t");
  const [, hour, minute, second] = time.exec(clock) ?? [];
  return isDate(day) && hour !== undefined && `${hour}` <= "23" && `${minute}` <= "59" && `${second}` <= "59";
}

const goTime = /^(\d{4}-\d\d-\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))$/;

/** RFC 3339 as Go's `time.Parse` reads it, which decodes the times of built-in kinds and of `metadata`. */
export function isGoTime(text: string): boolean {
  const [, day, hour, minute, second, offsetHour = 0, offsetMinute = 0] = goTime.exec(text) ?? [];
  if (day === undefined || !isDate(day)) return false;
  return (
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59 &&
    Number(offsetHour) <= 24 &&
    Number(offsetMinute) <= 60
  );
}

const goDuration = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const pair = /(\d+)\s*([A-Za-zµ]+)/gu;
const unit = /^(?:ns|us|µs|ms|s|m|h|hr|d|w|wk|nano.*|micro.*|milli.*|sec.*|min.*|hour.*|day.*|week.*)$/i;

/** `1h30m` as Go reads it; or a text in which one number has a unit, such as `1 day`. */
export function isDuration(text: string): boolean {
  return goDuration.test(text) || [...text.matchAll(pair)].some(([, , name = ""]) => unit.test(name));
}
