/** Number of fields a cron expression has: five start with the minute, six with the second. */
export type CronFields = 5 | 6;

/**
 * A parsed cron expression: the values at which each field matches, sorted.
 *
 * A day matches when both day fields match, or, when both are restricted, when either does (as in every cron since V7).
 */
export interface CronSchedule {
  /** The expression as it was written. */
  readonly text: string;
  /** IANA zone of a `TZ=` or `CRON_TZ=` prefix; without it the zone of the controller's process, usually UTC. */
  readonly timeZone?: string;
  /** Interval of `@every`, in seconds; the other fields then match everything. */
  readonly everySeconds?: number;
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  /** 1 = January. */
  readonly months: readonly number[];
  /** 0 = Sunday; 7 is not a day. */
  readonly daysOfWeek: readonly number[];
}

/** Result of {@link parseCron}: a schedule, or one sentence that says what is wrong. */
export type CronResult =
  | { readonly ok: true; readonly schedule: CronSchedule }
  | { readonly ok: false; readonly error: string };
