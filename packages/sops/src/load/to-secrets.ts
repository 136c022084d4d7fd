import { Secret } from "./secret.ts";
import type { Secrets } from "./secrets.ts";

/** Does at run time what {@link Secrets} says. */
export function toSecrets<T>(output: T): Secrets<T> {
  return enter(output) as Secrets<T>;
}

function enter(value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map(enter);
  if (typeof value !== "object" || hasMethod(value)) return new Secret(value);
  const keys = Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  // fromEntries, so that `__proto__` is an ordinary key.
  return Object.fromEntries(keys.map((key) => [key, enter(Reflect.get(value, key))]));
}

function hasMethod(object: object): boolean {
  for (let at: object | null = object; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const properties = Object.entries(Object.getOwnPropertyDescriptors(at));
    if (properties.some(([name, { value }]) => name !== "constructor" && typeof value === "function")) return true;
  }
  return false;
}
