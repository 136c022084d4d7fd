import type { ServedSchema } from "../recording.ts";
import type { Report } from "./report.ts";

const JUNCTIONS = ["allOf", "anyOf", "oneOf"] as const;

/** What only the structural part of a schema may say. */
const STRUCTURE = ["type", "default", "nullable", "additionalProperties", "title", "description"];

/** Alternatives and conditions only constrain: they may not describe. */
export function constraintProblems(schema: ServedSchema, report: Report): void {
  for (const [path, branch] of branches(schema)) {
    if (!isTypeOfIntOrString(schema, path, branch)) constraint(branch, path, report);
  }
}

function constraint(branch: ServedSchema, path: (string | number)[], report: Report): void {
  for (const keyword of Object.keys(branch)) {
    if (!STRUCTURE.includes(keyword) && !keyword.startsWith("x-kubernetes-")) continue;
    if (keyword === "x-kubernetes-validations") continue;
    report([...path, keyword], `${keyword} is not allowed in a condition`, "Move it to the schema outside.");
  }
  for (const [name, field] of Object.entries(branch.properties ?? {})) {
    constraint(field, [...path, "properties", name], report);
  }
  if (branch.items !== undefined) constraint(branch.items, [...path, "items"], report);
  for (const [below, inner] of branches(branch)) constraint(inner, [...path, ...below], report);
}

function branches(schema: ServedSchema): [(string | number)[], ServedSchema][] {
  const found = JUNCTIONS.flatMap((keyword) =>
    (schema[keyword] ?? []).map((branch, index): [(string | number)[], ServedSchema] => [[keyword, index], branch]),
  );
  if (schema.not !== undefined) found.push([["not"], schema.not]);
  return found;
}

/** `anyOf: [{ type: integer }, { type: string }]` is the one place where a condition says a type. */
function isTypeOfIntOrString(schema: ServedSchema, path: (string | number)[], branch: ServedSchema): boolean {
  if (schema["x-kubernetes-int-or-string"] !== true) return false;
  const types = (list: readonly ServedSchema[] | undefined): string | undefined => list?.map(({ type }) => type).join();
  if (path[0] === "anyOf") return types(schema.anyOf) === "integer,string" && Object.keys(branch).join() === "type";
  return path[0] === "allOf" && types(branch.anyOf) === "integer,string";
}
