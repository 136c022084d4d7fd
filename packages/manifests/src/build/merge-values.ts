/** Values of a Helm chart. */
type Values = Readonly<Record<string, unknown>>;

/**
 * Merges chart values as Helm does: mappings recursively, everything else replaced.
 *
 * @example
 * ```ts
 * import { mergeValues } from "@idstack/manifests";
 * console.log(mergeValues({ image: { tag: "1" }, args: ["a"] }, { image: { pullPolicy: "Always" }, args: [] }));
 * // { image: { tag: '1', pullPolicy: 'Always' }, args: [] }
 * ```
 */
export function mergeValues(base: Values, over: Values): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isMapping(before) && isMapping(value) ? mergeValues(before, value) : value;
  }
  return result;
}

function isMapping(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
