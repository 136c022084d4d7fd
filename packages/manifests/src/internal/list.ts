import { isMapping } from "./plain.ts";

/**
 * The items of a List kind (`List`, `ConfigMapList` …), or `undefined` for any other object. Items of a typed list may
 * leave out what the kind of the list says; they get it here. What is no mapping stays as it is.
 */
export function listItems(object: Readonly<Record<string, unknown>>): unknown[] | undefined {
  const { apiVersion, kind, items } = object;
  if (kind === "List" && (items === undefined || items === null)) return [];
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items) || "spec" in object) return undefined;
  if (kind === "List") return items;
  return items.map((item: unknown) => {
    if (!isMapping(item) || "kind" in item || "apiVersion" in item) return item;
    return { apiVersion, kind: kind.slice(0, -"List".length), ...item };
  });
}
