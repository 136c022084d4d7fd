/** A mapping as JSON or YAML gives it: no array, not null. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A mapping with a field is there, on its own or in lists: with no schema for mappings, its fields are unknown. */
export function hasFields(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasFields);
  return isMapping(value) && Object.keys(value).length > 0;
}

/** Order by UTF-16 code units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
