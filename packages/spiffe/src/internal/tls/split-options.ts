import type { TrustOptions } from "./trust.ts";

/** The names of {@link TrustOptions}; the others are Node's. */
const OWN = [
  "source",
  "authorize",
  "present",
  "peer",
  "ca",
  "onRefused",
  "metrics",
  "minVersion",
  "maxConnectionAgeMs",
  "maxConnectionAgeJitter",
  "resumption",
  "clock",
] as const;

/** Separates what says who shows what to whom from the options of Node. */
export function splitOptions<T extends TrustOptions, O extends object>(options: T & O): [T, O] {
  const own: Record<string, unknown> = {};
  const rest: Record<string, unknown> = { ...options };
  for (const name of OWN) {
    if (name in rest) own[name] = rest[name];
    delete rest[name];
  }
  return [own as unknown as T, rest as unknown as O];
}
