import { describe, expect, test } from "vitest";
import { checkCron, cronPreset } from "../../src/index.ts";

describe("checkCron", () => {
  test("accepts the right number of fields", () => {
    expect(checkCron("0 0 3 * * *", { fields: 6 })).toEqual([]);
    expect(checkCron("0 3 * * *", { fields: 5 })).toEqual([]);
  });

  test("names what a five-field line would have meant to a six-field reader", () => {
    expect(checkCron("0 3 * * *", { fields: 6, path: "spec.schedule", file: "db.yaml", line: 7, column: 13 })).toEqual([
      {
        code: "backup/cron-fields",
        severity: "error",
        message:
          'schedule "0 3 * * *" has five fields, but six are read here and the first is the second: it would run every hour at minute 3',
        path: "spec.schedule",
        file: "db.yaml",
        line: 7,
        column: 13,
        help: 'Write "0 0 3 * * *" to run every day at 03:00.',
      },
    ]);
  });

  test("says so when the shifted reading would be refused", () => {
    const [finding] = checkCron("TZ=UTC 0 3 * * 0", { fields: 6 });
    expect(finding?.message).toContain("it would be refused: month 0 is outside 1-12");
    expect(finding?.help).toBe('Write "TZ=UTC 0 0 3 * * 0" to run on Sunday at 03:00 (UTC).');
  });

  test("six fields where five are read", () => {
    const [finding] = checkCron("0 0 3 * * *", { fields: 5 });
    expect(finding).toMatchObject({ code: "backup/cron-fields", help: 'Leave out the seconds: "0 3 * * *".' });
  });

  test("nonsense is a syntax error", () => {
    expect(checkCron("at three", { fields: 6 })).toMatchObject([{ code: "backup/cron-syntax", severity: "error" }]);
  });

  test.each(["* 0 3 * * *", "@every 30s"])("%j starts too many backups", (text) => {
    expect(checkCron(text, { fields: 6 })).toMatchObject([{ code: "backup/cron-too-often", severity: "warning" }]);
  });

  test.each(["hourly", "daily", "weekly"] as const)("preset %s is clean for both readers", (preset) => {
    for (const fields of [5, 6] as const) expect(checkCron(cronPreset(preset, { fields }), { fields })).toEqual([]);
  });
});
