import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CronSchedule, describeCron, parseCron } from "../../src/index.ts";

function parsed(text: string, fields: 5 | 6): CronSchedule {
  const result = parseCron(text, { fields });
  if (!result.ok) throw new Error(result.error);
  return result.schedule;
}

describe("parseCron", () => {
  test("reads six fields with the second first", () => {
    expect(parsed("30 15 3 1 6 5", 6)).toMatchObject({
      seconds: [30],
      minutes: [15],
      hours: [3],
      daysOfMonth: [1],
      months: [6],
      daysOfWeek: [5],
    });
  });

  test("reads five fields with second 0", () => {
    expect(parsed("15 3 * * *", 5)).toMatchObject({ seconds: [0], minutes: [15], hours: [3] });
  });

  test("a step without a range runs to the end of the field", () => {
    expect(parsed("5/15 * * * *", 5).minutes).toEqual([5, 20, 35, 50]);
  });

  test("lists, ranges, names and ? are understood", () => {
    const schedule = parsed("0,30 8-18/5 ? JAN-mar Mon,fri", 5);
    expect(schedule).toMatchObject({ minutes: [0, 30], hours: [8, 13, 18], months: [1, 2, 3], daysOfWeek: [1, 5] });
    expect(schedule.daysOfMonth).toHaveLength(31);
  });

  test("a zone prefix is kept apart", () => {
    expect(parsed("CRON_TZ=Europe/Berlin 0 3 * * *", 5)).toMatchObject({ timeZone: "Europe/Berlin", hours: [3] });
    expect(parsed("TZ=UTC 0 0 3 * * *", 6).timeZone).toBe("UTC");
  });

  test("@every gives an interval", () => {
    expect(parsed("@every 1h30m", 6).everySeconds).toBe(5400);
  });

  test.each([
    ["* * * *", 5, "expected 5 fields, found 4"],
    ["", 6, "expected 6 fields, found 0"],
    ["60 * * * *", 5, "minute 60 is outside 0-59"],
    ["0 24 * * *", 5, "hour 24 is outside 0-23"],
    ["0 0 0 * *", 5, "day of month 0 is outside 1-31"],
    ["0 3 * * 7", 5, "day of week 7 is outside 0-6"],
    ["10-5 * * * *", 5, "minute 10-5 runs backwards"],
    ["*/0 * * * *", 5, "minute */0 has a step of zero"],
    ["0 3 * foo *", 5, '"foo" is not a month'],
    ["0 3 L * *", 5, '"L" is not a day of month'],
    ["@fortnightly", 5, 'unknown descriptor "@fortnightly"'],
    ["@every soon", 6, '"soon" is not an interval such as 6h or 1h30m'],
    ["TZ=Mars/Olympus 0 3 * * *", 5, 'unknown time zone "Mars/Olympus"'],
  ] as const)("refuses %j: %s fields", (text, fields, error) => {
    expect(parseCron(text, { fields })).toEqual({ ok: false, error });
  });

  test("never throws, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[0-9*?,/ a-z@=-]{0,40}$/)),
        fc.constantFrom(5, 6),
        (text, n) => {
          expect(typeof parseCron(text, { fields: n as 5 | 6 }).ok).toBe("boolean");
        },
      ),
    );
  });

  test("any single values parse to themselves", () => {
    const field = (min: number, max: number) => fc.integer({ min, max });
    const line = fc.tuple(field(0, 59), field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6));
    fc.assert(
      fc.property(line, (values) => {
        const { seconds, minutes, hours, daysOfMonth, months, daysOfWeek } = parsed(values.join(" "), 6);
        expect([seconds, minutes, hours, daysOfMonth, months, daysOfWeek]).toEqual(values.map((value) => [value]));
      }),
    );
  });
});

describe("describeCron", () => {
  test.each([
    ["0 3 * * *", 5, "every day at 03:00"],
    ["5 * * * *", 5, "every hour at minute 5"],
    ["*/15 * * * *", 5, "at minutes 0-45 in steps of 15"],
    ["0 4 * * 0", 5, "on Sunday at 04:00"],
    ["0 4 1 * *", 5, "on day 1 of the month at 04:00"],
    ["0 6,18 * * *", 5, "every day at minute 0 of hours 6, 18"],
    ["* 0 3 * * *", 6, "every day every second of minute 0 of hour 3"],
    ["@every 6h", 6, "every 6 h"],
    ["TZ=UTC 0 0 3 * * *", 6, "every day at 03:00 (UTC)"],
  ] as const)("%j of %i fields: %s", (text, fields, words) => {
    expect(describeCron(parsed(text, fields))).toBe(words);
  });
});
