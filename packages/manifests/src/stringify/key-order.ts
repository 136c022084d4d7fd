import { compareText, isMapping } from "../internal/plain.ts";

const head = ["apiVersion", "kind", "metadata", "spec", "data", "stringData"];
const tail = ["status", "sops"];
const metadataHead = ["name", "generateName", "namespace", "labels", "annotations"];

/** Fields of an object in the order of {@link stringify}. */
export function sortedFields(object: Readonly<Record<string, unknown>>): [string, unknown][] {
  return order(object, head, tail).map(([key, value]) => [key, key === "metadata" ? sortedMetadata(value) : value]);
}

function sortedMetadata(metadata: unknown): unknown {
  if (!isMapping(metadata)) return metadata;
  const fields = order(metadata, metadataHead, []).map(([key, value]) => {
    const byKey = (key === "labels" || key === "annotations") && isMapping(value);
    return [key, byKey ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareText(a, b))) : value];
  });
  return Object.fromEntries(fields);
}

function order(object: Readonly<Record<string, unknown>>, first: readonly string[], last: readonly string[]) {
  const rank = (key: string) => {
    const early = first.indexOf(key);
    if (early >= 0) return early;
    const late = last.indexOf(key);
    return late < 0 ? first.length : first.length + 1 + late;
  };
  return Object.entries(object).sort(([a], [b]) => rank(a) - rank(b));
}
