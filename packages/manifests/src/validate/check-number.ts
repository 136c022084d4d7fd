import type { CompactSchema } from "@idstack/schemas";
import { fitsInteger } from "./formats.ts";
import { report, type Scope, shown } from "./problem.ts";

export function checkNumber(value: number, schema: CompactSchema, scope: Scope): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const broken = (message: string, help: string): void =>
    report(scope, { code: "bounds", message: `${shown(value, scope)} ${message}`, help });
  const size = sizeOf(schema, scope);
  if (minimum !== undefined && value < minimum) {
    broken(`is too small: at least ${minimum} is allowed`, boundsHelp(schema));
  } else if (maximum !== undefined && value > maximum) {
    broken(`is too large: at most ${maximum} is allowed`, boundsHelp(schema));
  } else if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    broken(`is too small: it must be above ${exclusiveMinimum}`, `Write more than ${exclusiveMinimum}.`);
  } else if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    broken(`is too large: it must be below ${exclusiveMaximum}`, `Write less than ${exclusiveMaximum}.`);
  } else if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    broken(`is no multiple of ${multipleOf}`, `Write a multiple of ${multipleOf}.`);
  } else if (!fitsInteger(size, value)) {
    broken(`is no ${size}`, "Write a smaller number.");
  }
}

/** Whole numbers are int64 unless their schema says otherwise; int-or-string has an int32. */
function sizeOf(schema: CompactSchema, { definitions }: Scope): string | undefined {
  const { type, format } = schema;
  if (schema === definitions["util.intstr.IntOrString"]) return "int32";
  const whole = type === "integer" || (Array.isArray(type) && type.includes("integer") && !type.includes("number"));
  return whole && format === undefined ? "int64" : format;
}

/** Of fractions as the server divides, which sees 0.3 as a multiple of 0.1. */
function isMultiple(value: number, factor: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(factor)) return value % factor === 0;
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}

function boundsHelp({ minimum, maximum }: CompactSchema): string {
  if (minimum === undefined) return `Write ${maximum} or less.`;
  return maximum === undefined ? `Write ${minimum} or more.` : `Write a number from ${minimum} to ${maximum}.`;
}
