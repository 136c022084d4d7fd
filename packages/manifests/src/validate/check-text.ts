import type { CompactSchema } from "@idstack/schemas";
import { brokenFormat, isQuantity } from "./formats.ts";
import { report, type Scope, shown } from "./problem.ts";
import { compileRe2 } from "./re2.ts";

const patterns = new Map<string, RegExp | undefined>();

export function checkText(value: string, schema: CompactSchema, scope: Scope): void {
  const { minLength, maxLength, pattern, format } = schema;
  if (minLength !== undefined || maxLength !== undefined) {
    // The server counts code points.
    const length = value.length > (maxLength ?? 0) ? [...value].length : value.length;
    if (minLength !== undefined && length < minLength) {
      const message =
        length === 0 ? "must not be empty" : `${shown(value, scope)} is shorter than ${minLength} characters`;
      report(scope, { code: "length", message, help: lengthHelp(schema) });
    }
    if (maxLength !== undefined && length > maxLength) {
      const message = `${length} characters are too many: at most ${maxLength} are allowed`;
      report(scope, { code: "length", message, help: lengthHelp(schema) });
    }
  }
  if (pattern !== undefined && compiled(pattern)?.test(value) === false) {
    const message = `${shown(value, scope)} does not match ${pattern}`;
    report(scope, { code: "pattern", message, help: "Write a value that this regular expression matches." });
  }
  const exact = schema === scope.definitions["meta.v1.MicroTime"] ? "micro-time" : format;
  const wrong = exact === undefined ? undefined : brokenFormat(exact, value, scope.native);
  if (wrong !== undefined) {
    const message = `${shown(value, scope)} is no ${wrong.name}`;
    report(scope, { code: "format", message, help: `Write it like ${wrong.example}.` });
  }
  if (schema === scope.definitions["api.resource.Quantity"] && !isQuantity(value)) {
    report(scope, {
      code: "format",
      message: `${shown(value, scope)} is no quantity`,
      help: "Write a number with a unit such as 250m, 1.5Gi or 10G.",
    });
  }
}

function lengthHelp({ minLength = 0, maxLength }: CompactSchema): string {
  return maxLength === undefined
    ? `Write at least ${minLength} characters.`
    : `Write ${minLength} to ${maxLength} characters.`;
}

/** Patterns are RE2; the few that cannot be written for JavaScript check nothing. */
function compiled(pattern: string): RegExp | undefined {
  if (!patterns.has(pattern)) patterns.set(pattern, compileRe2(pattern));
  return patterns.get(pattern);
}
