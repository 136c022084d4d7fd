declare const brand: unique symbol;

/** Reference to a secret outside the cluster. Holds its name, never its value; made by {@link secret}. */
export interface SecretRef {
  /** Name (or ID) of the secret in the store. */
  readonly secret: string;
  /** One field of it, where the store's secrets have fields. */
  readonly property?: string;
  /** A certain version, where the store keeps several. */
  readonly version?: string;
  readonly [brand]: "SecretRef";
}

/**
 * Refers to a secret by its name in the store.
 *
 * @throws TypeError for an empty name.
 * @example
 * ```ts
 * import { secret } from "@idstack/external-secrets";
 * console.log(secret("api-key")); // { secret: 'api-key' }
 * ```
 */
export function secret(
  name: string,
  options: { readonly property?: string; readonly version?: string } = {},
): SecretRef {
  if (name.trim() === "") throw new TypeError("secret: give the name of the secret in its store");
  return { secret: name, ...options } as SecretRef;
}

/** Whether a value has the shape that {@link secret} makes; a plain string, likely the secret itself, has not. */
export function isSecretRef(value: unknown): value is SecretRef {
  if (typeof value !== "object" || value === null) return false;
  const { secret: name, ...rest } = value as Record<string, unknown>;
  const known = Object.entries(rest).every(
    ([key, item]) => /^(property|version)$/.test(key) && typeof item === "string",
  );
  return typeof name === "string" && name !== "" && known;
}
