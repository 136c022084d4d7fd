import type { CompactSchema } from "@idstack/schemas";
import { closest } from "../closest.ts";
import { isCiphertext } from "../internal/marks.ts";
import { hasFields, isMapping } from "../internal/plain.ts";
import { checkArray } from "./check-array.ts";
import { checkNumber } from "./check-number.ts";
import { checkObject } from "./check-object.ts";
import { checkText } from "./check-text.ts";
import { expectation, orList, typeName } from "./describe.ts";
import { isEnforced } from "./formats.ts";
import { checkJunctions } from "./junctions.ts";
import { hidden, type Problem, report, resolveRef, type Scope, shown } from "./problem.ts";

/**
 * Checks a value as the API server does: structural schemas with strict field validation.
 *
 * Three points differ from plain JSON Schema: null in a field counts as a missing field (the server prunes it), fields
 * are unknown only where the structural schema lists fields, and lists may have map keys.
 */
export function checkValue(value: unknown, reference: CompactSchema, scope: Scope): void {
  if (scope.encrypted && isCiphertext(value)) return;
  const inner = !scope.native && isGoType(reference) ? { ...scope, native: true } : scope;
  if (typeof value === "string" && value.includes("${")) checkSubstitution(value, reference, inner);
  else check(value, reference, inner);
}

/** `metadata` is decoded into the same Go type in every kind. */
function isGoType({ $ref }: CompactSchema): boolean {
  return $ref?.startsWith("#/definitions/meta.v1.") === true;
}

function check(value: unknown, reference: CompactSchema, scope: Scope): void {
  const schema = resolveRef(reference, scope);
  if (!hasType(value, schema, scope)) return;
  if (schema.enum !== undefined && !schema.enum.some((allowed) => allowed === value))
    reportEnum(value, schema.enum, scope);
  if (typeof value === "string") checkText(value, schema, scope);
  else if (typeof value === "number") checkNumber(value, schema, scope);
  else if (Array.isArray(value)) checkArray(value, schema, scope);
  else if (isMapping(value)) checkObject(value, schema, scope);
  checkJunctions(value, schema, scope);
}

/** A value that Flux or another tool replaces is right or wrong only then. */
function checkSubstitution(value: string, reference: CompactSchema, scope: Scope): void {
  const problems: Problem[] = [];
  check(value, reference, { ...scope, problems });
  if (problems.length === 0) return;
  report(scope, {
    code: "substitution",
    severity: "info",
    message: `${shown(value, scope)} is replaced later, so whether it is allowed here was not checked`,
    help: "Check the result of the substitution.",
  });
}

function hasType(value: unknown, schema: CompactSchema, scope: Scope): boolean {
  if (schema.type === undefined) return true;
  const actual = typeName(value);
  if (schema.type === actual) return true;
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  if (types.some((type) => type === actual || (type === "number" && actual === "integer"))) return true;
  const text = shown(value, scope);
  const found = value === null ? "nothing" : text === hidden ? actual : `${actual} ${text}`;
  report(scope, {
    code: "wrong-type",
    severity: passesAsText(value, schema, scope) ? "warning" : "error",
    message: `expected ${expectation(types.filter((type) => type !== "null"))}, found ${found}`,
    help: typeHelp(value, types, text === hidden),
  });
  return false;
}

/**
 * The API server takes some lists for a text: any list where the text has a format (kube-openapi's type validator), and
 * in Go types a list of bytes. Wrong, but not refused.
 */
function passesAsText(value: unknown, { type, format }: CompactSchema, { native }: Scope): boolean {
  if (format === undefined || !Array.isArray(value) || !(type === "string" || type?.includes("string") === true))
    return false;
  if (!native) return isEnforced(format) && !hasFields(value);
  return (
    format === "byte" && value.every((item) => item === null || (Number.isInteger(item) && item >= 0 && item < 256))
  );
}

function typeHelp(value: unknown, types: readonly string[], secret: boolean): string {
  const wants = (type: string) => types.includes(type);
  if (wants("string") && typeof value === "boolean") {
    return `Put it in quotes; without them Kubernetes reads yes, no, on, off, y and n as booleans.`;
  }
  if (wants("string") && typeof value === "number")
    return secret ? "Put it in quotes." : `Put it in quotes: "${value}".`;
  if (typeof value === "string") {
    const number = /^-?\d+$/.test(value) && (wants("integer") || wants("number"));
    if (number || (wants("boolean") && /^(?:true|false)$/.test(value)))
      return secret ? "Remove the quotes." : `Remove the quotes: ${value}.`;
  }
  if (wants("array")) return "Write it as a list: each item on its own line after a dash.";
  if (wants("object") && Array.isArray(value)) return "Remove the dashes: this is one mapping, not a list.";
  return `Write ${expectation(types.filter((type) => type !== "null"))}.`;
}

function reportEnum(value: unknown, allowed: readonly unknown[], scope: Scope): void {
  const names = allowed.map(String);
  const meant = typeof value === "string" ? closest(value, names) : undefined;
  report(scope, {
    code: "enum",
    message: `${shown(value, scope)} is not allowed here: expected ${orList(names)}`,
    help: meant === undefined ? "Use one of these values." : `Did you mean ${meant}?`,
  });
}
