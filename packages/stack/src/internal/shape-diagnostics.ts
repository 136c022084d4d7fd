import { closest, type Diagnostic, formatPath, getAt, type Path } from "@idstack/manifests";
import type { z } from "zod";
import type { StackDiagnosticCode } from "../errors.ts";
import { settingsAt } from "./settings-at.ts";
import { declarationShape } from "./shape.ts";

/** What is wrong with the shape of a declaration, in the words of its settings. */
export function checkShape(declaration: unknown): Diagnostic<StackDiagnosticCode>[] {
  const result = declarationShape.safeParse(declaration);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => diagnose(issue, [], declaration));
}

function diagnose(issue: z.core.$ZodIssue, base: Path, declaration: unknown): Diagnostic<StackDiagnosticCode>[] {
  const path: Path = [...base, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
  const found = (message: string, at: Path = path, help?: string) => ({
    code: "stack/shape" as const,
    severity: "error" as const,
    path: formatPath(at),
    message,
    help,
  });
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => found(`"${key}" is not a setting.`, [...path, key], suggestion(path, key)));
    case "invalid_key":
      return [found(`${sentence(issue.issues[0]?.message ?? issue.message)}`)];
    case "invalid_union": {
      const meant = meantOption(issue.errors, getAt(declaration, path));
      if (meant !== undefined) return meant.flatMap((inner) => diagnose(inner, path, declaration));
      return [
        found(getAt(declaration, path) === undefined ? `is missing: it ${issue.message}.` : sentence(issue.message)),
      ];
    }
    case "invalid_type":
      if (path.length > 0 && getAt(declaration, path) === undefined) return [found("is missing.")];
      return [
        found(issue.message.startsWith("Invalid") ? `must be ${article(issue.expected)}.` : sentence(issue.message)),
      ];
    case "invalid_value":
      return [value(issue, found, getAt(declaration, path))];
    default:
      return [found(sentence(issue.message))];
  }
}

/** The issues of the option that fits but for something within it: the deeper, the nearer. */
function meantOption(options: readonly z.core.$ZodIssue[][], given: unknown): z.core.$ZodIssue[] | undefined {
  if (typeof given !== "object" || given === null || Object.keys(given).length === 0) return undefined;
  const inside = options.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys"),
  );
  const depth = (issues: z.core.$ZodIssue[]) => Math.min(...issues.map(({ path }) => path.length));
  return inside.toSorted((a, b) => depth(b) - depth(a))[0];
}

function value(
  { values, message }: z.core.$ZodIssueInvalidValue,
  found: (message: string, at?: Path, help?: string) => Diagnostic<StackDiagnosticCode>,
  given: unknown,
): Diagnostic<StackDiagnosticCode> {
  if (given === undefined) return found("is missing.");
  if (!message.startsWith("Invalid")) return found(sentence(message));
  const known = values.map(String);
  const near = typeof given === "string" ? closest(given, known) : undefined;
  const help = near === undefined ? undefined : `Did you mean "${near}"?`;
  return found(`must be ${oneOf(known)}.`, undefined, help);
}

function suggestion(path: Path, key: string): string {
  const known = settingsAt(declarationShape, path);
  const near = closest(key, known);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return known.length === 0 ? "There is nothing to set here: write {}." : `Known here: ${known.join(", ")}.`;
}

function oneOf(known: readonly string[]): string {
  const quoted = known.map((each) => JSON.stringify(each));
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter((each) => each !== "").join(" or ");
}

function article(expected: string): string {
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function sentence(message: string): string {
  return message.endsWith(".") ? message : `${message}.`;
}
