export type FieldName = "second" | "minute" | "hour" | "day of month" | "month" | "day of week";

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const BOUNDS: Readonly<Record<FieldName, Bounds>> = {
  second: { min: 0, max: 59 },
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  "day of month": { min: 1, max: 31 },
  month: { min: 1, max: 12, names: MONTHS },
  "day of week": { min: 0, max: 6, names: DAYS },
};

/** All values at which a field can match. */
export function everyValue(name: FieldName): number[] {
  const { min, max } = BOUNDS[name];
  return Array.from({ length: max - min + 1 }, (_, index) => min + index);
}

/** The sorted values of one field, or a sentence that says what is wrong with it. */
export function parseField(name: FieldName, text: string): number[] | string {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const range = parseItem(name, item);
    if (typeof range === "string") return range;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function parseItem(name: FieldName, item: string): { from: number; to: number; step: number } | string {
  const bounds = BOUNDS[name];
  const match = /^(\*|\?|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(item);
  const [, start = "", end, stepText] = match ?? [];
  const wild = start === "*" || start === "?";
  if (match === null || (wild && end !== undefined)) return `"${item}" is not a ${name}`;
  const from = wild ? bounds.min : numberOf(bounds, start);
  // A step without a range runs to the end of the field: 5/15 is 5, 20, 35, 50.
  const to = end !== undefined ? numberOf(bounds, end) : wild || stepText !== undefined ? bounds.max : from;
  const step = stepText === undefined ? 1 : Number(stepText);
  if (from === undefined || to === undefined) return `"${item}" is not a ${name}`;
  if (from < bounds.min || to > bounds.max) return `${name} ${item} is outside ${bounds.min}-${bounds.max}`;
  if (from > to) return `${name} ${item} runs backwards`;
  return step > 0 ? { from, to, step } : `${name} ${item} has a step of zero`;
}

function numberOf(bounds: Bounds, text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = bounds.names?.indexOf(text.toLowerCase()) ?? -1;
  return index < 0 ? undefined : bounds.min + index;
}
