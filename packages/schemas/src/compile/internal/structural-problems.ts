import type { CrdProblem } from "../problem.ts";
import type { ServedSchema } from "../recording.ts";
import { constraintProblems } from "./constraint-problems.ts";
import { listProblems } from "./list-problems.ts";
import type { Report } from "./report.ts";
import { shapeProblems } from "./shape-problems.ts";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];
const PRESERVE = "x-kubernetes-preserve-unknown-fields";
const INT_OR_STRING = "x-kubernetes-int-or-string";

/** What the API server does not support anywhere in a schema, or supports with one value only. */
const UNSUPPORTED = ["$ref", "$schema", "definitions", "dependencies", "patternProperties", "additionalItems", "id"];

/** Why a schema is not structural, in the order of the schema. */
export function structuralProblems(root: ServedSchema, path: CrdProblem["path"]): CrdProblem[] {
  const problems = shapeProblems(root, path);
  if (problems.length > 0) return problems;
  const walk = (schema: ServedSchema, at: CrdProblem["path"]): void => {
    const report: Report = (below, message, help) =>
      void problems.push({ code: "not-structural", path: [...at, ...below], message, help });
    nodeProblems(schema, report);
    listProblems(schema, report);
    constraintProblems(schema, report);
    for (const [below, child] of children(schema)) walk(child, [...at, ...below]);
  };
  if (root.type !== "object") {
    const help = "Write type: object.";
    problems.push({ code: "not-structural", path: [...path, "type"], message: "the root is not of type object", help });
    if (root.type === undefined) return problems;
  }
  walk(root, path);
  return [...problems, ...metadataProblems(root, path)];
}

/** The schemas of fields, items and values; not those that only constrain. */
function children({ properties, items, additionalProperties }: ServedSchema): [CrdProblem["path"], ServedSchema][] {
  const found = Object.entries(properties ?? {}).map(([name, child]): [CrdProblem["path"], ServedSchema] => [
    ["properties", name],
    child,
  ]);
  if (items !== undefined) found.push([["items"], items]);
  if (typeof additionalProperties === "object") found.push([["additionalProperties"], additionalProperties]);
  return found;
}

function nodeProblems(schema: ServedSchema, report: Report): void {
  const { type } = schema;
  const [open, mixed] = [schema[PRESERVE] === true, schema[INT_OR_STRING] === true];
  if (type === undefined && !open && !mixed) {
    report([], "this schema has no type", `Add type, or ${PRESERVE}: true for anything at all.`);
  } else if (type !== undefined && !TYPES.includes(type)) {
    const help = type === "null" ? "Use nullable: true beside a type." : `Use ${TYPES.join(", ")}.`;
    report(["type"], `there is no type ${JSON.stringify(type)}`, help);
  }
  if (schema[PRESERVE] === false) report([PRESERVE], "must be true or absent", "Remove it.");
  if (type === "array" && schema.items === undefined) report([], "a list without items", "Add items.");
  objectProblems(schema, report);
  for (const keyword of UNSUPPORTED) {
    if (schema[keyword] !== undefined) report([keyword], `${keyword} is not supported`, "Write the schema out.");
  }
  if (schema["uniqueItems"] === true) {
    report(["uniqueItems"], "uniqueItems is not supported", "Use x-kubernetes-list-type: set.");
  }
}

function objectProblems(schema: ServedSchema, report: Report): void {
  const { properties, additionalProperties } = schema;
  if (additionalProperties !== undefined && properties !== undefined) {
    report(["additionalProperties"], "properties and additionalProperties exclude each other", "Remove one of them.");
  }
  if (schema["x-kubernetes-embedded-resource"] !== true) return;
  if (schema.type !== "object") {
    report([], "an embedded resource is not of type object", "Write type: object.");
  } else if (properties === undefined && schema[PRESERVE] !== true) {
    report([], "an embedded resource without fields", `Add properties or ${PRESERVE}: true.`);
  }
}

/** The server defines `metadata`; a schema may only say more about the name. */
function metadataProblems(root: ServedSchema, path: CrdProblem["path"]): CrdProblem[] {
  const problems: CrdProblem[] = [];
  const report = (below: CrdProblem["path"], message: string, help: string): void =>
    void problems.push({ code: "not-structural", path: [...path, "properties", ...below], message, help });
  for (const name of ["apiVersion", "kind"]) {
    const type = root.properties?.[name]?.type;
    if (type !== undefined && type !== "string") report([name, "type"], `${name} is not a string`, "Remove it.");
  }
  const metadata = root.properties?.["metadata"];
  if (metadata === undefined) return problems;
  if (metadata.type !== "object") report(["metadata", "type"], "metadata is not of type object", "Write type: object.");
  for (const name of Object.keys(metadata.properties ?? {})) {
    if (name === "name" || name === "generateName") continue;
    report(["metadata", "properties", name], "the server defines metadata", "Leave all but name and generateName out.");
  }
  return problems;
}
