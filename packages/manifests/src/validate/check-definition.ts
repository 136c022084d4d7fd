import { crdProblems, isCrd } from "@idstack/schemas/compile";
import type { Path } from "../diagnostic.ts";
import { isMapping } from "../internal/plain.ts";
import type { KubeObject } from "../kube-object.ts";
import { getAt } from "../path.ts";
import type { Problem } from "./problem.ts";

/** What the API server asks of a CustomResourceDefinition beyond its schema: above all that its schemas are structural. */
export function checkDefinition(object: KubeObject): Problem[] {
  if (object.kind !== "CustomResourceDefinition") return [];
  const definition = withoutNull(object);
  if (!isCrd(definition)) return [];
  // Served or not is a required field that the server does without.
  const problems = crdProblems(definition).filter(({ path }) => path.at(-1) !== "served" || hasAt(object, path));
  return problems.map(({ path, message, help }) => ({
    code: "definition",
    path,
    part: "key",
    message,
    help,
  }));
}

function hasAt(object: KubeObject, path: Path): boolean {
  return (getAt(object, path) ?? null) !== null;
}

/** Go reads null, and an empty type, as a value that is not there; not so where schemas are named, and in values. */
function withoutNull(value: unknown, key = ""): unknown {
  if (key === "enum" || key === "default" || key === "example") return value;
  if (Array.isArray(value)) return value.filter((item) => item !== null).map((item) => withoutNull(item));
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).filter(([name, field]) => {
    return (field !== null && !(name === "type" && field === "")) || key === "properties";
  });
  return Object.fromEntries(
    entries.map(([name, field]) => [name, withoutNull(field, key === "properties" ? "" : name)]),
  );
}
