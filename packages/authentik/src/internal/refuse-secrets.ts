const SECRET_VALUES = [
  ["authentik", "secret_key"],
  ["authentik", "bootstrap_token"],
  ["authentik", "bootstrap_password"],
  ["authentik", "postgresql", "password"],
  ["authentik", "email", "password"],
];

/** Values end up in a repository; what is secret does not belong there. */
export function refuseSecrets(values: Record<string, unknown>): void {
  for (const path of SECRET_VALUES) {
    const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], values);
    const reference = typeof value === "string" && /^(?:file|env):\/\//.test(value);
    if (value === undefined || value === "" || reference) continue;
    throw new TypeError(`authentikChart: values.${path.join(".")} holds a secret; refer to an existing Secret instead`);
  }
}
