import type { CrdProblem } from "../problem.ts";

type Json = Readonly<Record<string, unknown>>;
type Shape = readonly [name: string, holds: (value: unknown) => boolean];

const text: Shape = ["a text", (value) => typeof value === "string"];
const number: Shape = ["a number", (value) => typeof value === "number"];
const flag: Shape = ["true or false", (value) => typeof value === "boolean"];
const texts: Shape = [
  "a list of texts",
  (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
];
const list: Shape = ["a list", Array.isArray];
const schema: Shape = ["a schema", isMapping];
const schemas: Shape = ["a list of schemas", (value) => Array.isArray(value) && value.every(isMapping)];
const fields: Shape = ["a mapping of schemas", (value) => isMapping(value) && Object.values(value).every(isMapping)];
const rules: Shape = [
  "a list of rules",
  (value) => Array.isArray(value) && value.every((each) => isMapping(each) && typeof each["rule"] === "string"),
];

const SHAPES: Readonly<Record<string, Shape>> = {
  type: text,
  format: text,
  pattern: text,
  nullable: flag,
  required: texts,
  enum: list,
  properties: fields,
  items: schema,
  additionalProperties: ["a schema", (value) => typeof value === "boolean" || isMapping(value)],
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
  not: schema,
  "x-kubernetes-list-map-keys": texts,
  "x-kubernetes-validations": rules,
  ...Object.fromEntries(
    ["Length", "Items", "Properties", "imum"].flatMap((what) => [
      [`min${what}`, number],
      [`max${what}`, number],
    ]),
  ),
};

/** Keywords of a schema, and of the schemas in it, that hold something else than they must. */
export function shapeProblems(root: Json, path: CrdProblem["path"]): CrdProblem[] {
  const problems: CrdProblem[] = [];
  for (const [keyword, value] of Object.entries(root)) {
    const shape = Object.hasOwn(SHAPES, keyword) ? SHAPES[keyword] : undefined;
    if (shape === undefined || value === undefined) continue;
    const [name, holds] = shape;
    if (holds(value)) continue;
    const at = [...path, keyword];
    problems.push({ code: "not-structural", path: at, message: `${keyword} is not ${name}`, help: `Write ${name}.` });
  }
  if (problems.length > 0) return problems;
  return schemasIn(root).flatMap(([below, child]) => shapeProblems(child, [...path, ...below]));
}

function schemasIn(root: Json): [CrdProblem["path"], Json][] {
  const found: [CrdProblem["path"], Json][] = [];
  for (const [name, child] of Object.entries((root["properties"] ?? {}) as Json)) {
    found.push([["properties", name], child as Json]);
  }
  for (const keyword of ["items", "additionalProperties", "not"]) {
    const child = root[keyword];
    if (isMapping(child)) found.push([[keyword], child]);
  }
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    for (const [index, child] of ((root[keyword] ?? []) as Json[]).entries()) found.push([[keyword, index], child]);
  }
  return found;
}

function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
