type Values = Record<string, unknown>;

/** Merges chart values as Helm does: mappings recursively, everything else replaced. */
export function mergeValues(base: Values, over: Values): Values {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isMapping(before) && isMapping(value) ? mergeValues(before, value) : value;
  }
  return result;
}

function isMapping(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
