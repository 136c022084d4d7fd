import type { EnvVar } from "@idstack/schemas/v1";

/** Value of an environment variable: text, or where it comes from. */
export type EnvValue =
  | string
  | { readonly secret: string; readonly key: string; readonly optional?: boolean }
  | { readonly configMap: string; readonly key: string; readonly optional?: boolean }
  /** A field of the pod itself, `"status.podIP"`. */
  | { readonly field: string };

/** Environment variables by name. */
export interface Environment {
  readonly [name: string]: EnvValue;
}

/** The variables as a container lists them, in the order written; TypeError for an impossible name. */
export function environment(variables: Environment): EnvVar[] {
  return Object.entries(variables).map(([name, value]): EnvVar => {
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) throw new TypeError(`env: "${name}" is not a variable name`);
    if (typeof value === "string") return { name, value };
    if ("field" in value) return { name, valueFrom: { fieldRef: { fieldPath: value.field } } };
    const optional = value.optional === undefined ? {} : { optional: value.optional };
    if ("secret" in value) {
      return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key, ...optional } } };
    }
    return { name, valueFrom: { configMapKeyRef: { name: value.configMap, key: value.key, ...optional } } };
  });
}
