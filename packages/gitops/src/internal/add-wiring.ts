type Values = Record<string, unknown>;

/**
 * Adds values that must not get lost: lists are appended to, and a scalar that says otherwise is the caller's mistake.
 */
export function addWiring(values: Values, wiring: Values, path: readonly string[] = []): Values {
  const result = { ...values };
  for (const [key, value] of Object.entries(wiring)) {
    const before = result[key];
    const here = [...path, key];
    if (before === undefined) result[key] = value;
    else if (isMapping(before) && isMapping(value)) result[key] = addWiring(before, value, here);
    else if (Array.isArray(before) && Array.isArray(value)) result[key] = [...before, ...value];
    else if (before !== value) {
      throw new TypeError(
        `values.${here.join(".")} is ${JSON.stringify(before)}, but the decryptor needs ${JSON.stringify(value)}`,
      );
    }
  }
  return result;
}

function isMapping(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
