import type { ServedSchema } from "../recording.ts";
import type { Report } from "./report.ts";

const LIST_TYPE = "x-kubernetes-list-type";
const KEYS = "x-kubernetes-list-map-keys";

/** What is wrong with how the server is to merge a list. */
export function listProblems(schema: ServedSchema, report: Report): void {
  const { [LIST_TYPE]: listType, [KEYS]: keys } = schema;
  if (listType !== undefined) {
    if (schema.type !== "array") report([LIST_TYPE], "only lists have a list type", "Write type: array, or remove it.");
    else if (!["atomic", "map", "set"].includes(String(listType))) {
      report([LIST_TYPE], `there is no list type ${JSON.stringify(listType)}`, "Use atomic, map or set.");
    }
  }
  if (listType !== "map") {
    if (keys !== undefined) report([KEYS], "only lists of type map have keys", `Write ${LIST_TYPE}: map.`);
    return;
  }
  if (!Array.isArray(keys) || keys.length === 0) {
    report([], "a list of type map without keys", `Add ${KEYS}.`);
    return;
  }
  for (const [index, key] of keys.entries()) keyProblem(schema.items, String(key), [KEYS, index], report);
}

function keyProblem(items: ServedSchema | undefined, key: string, path: [string, number], report: Report): void {
  const field = items?.properties?.[key];
  if (field === undefined) report(path, `items have no field ${key}`, "Name a field of the items.");
  else if (field.type === "object" || field.type === "array") {
    report(path, `${key} is no single value, so it cannot be a key`, "Name a field with a single value.");
  } else if (field.default === undefined && items?.required?.includes(key) !== true) {
    report(path, `${key} may be left out, so it cannot be a key`, "Require it, or give it a default.");
  }
}
