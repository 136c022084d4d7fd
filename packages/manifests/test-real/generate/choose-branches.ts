import type { Random } from "@idstack/tool-real";
import type { Schema } from "./schema.ts";

/** What a mapping has to have and must not have. */
export interface Branches {
  readonly needed: Set<string>;
  readonly forbidden: Set<string>;
  readonly more: Map<string, Schema[]>;
}

/** Decides which of the alternatives a mapping is going to be. */
export function chooseBranches(schemas: readonly Schema[], random: Random): Branches {
  const chosen: Branches = { needed: new Set(), forbidden: new Set(), more: new Map() };
  const take = (branch: Schema): void => {
    for (const name of branch.required ?? []) chosen.needed.add(name);
    for (const [name, field] of Object.entries(branch.properties ?? {})) {
      if (Object.keys(field).length > 0) chosen.more.set(name, [...(chosen.more.get(name) ?? []), field]);
    }
  };
  for (const schema of schemas) {
    for (const name of schema.required ?? []) chosen.needed.add(name);
    const { anyOf, oneOf, not } = schema;
    for (const branch of schema.allOf ?? []) take(branch);
    if (anyOf !== undefined) take(random.pick(anyOf));
    if (oneOf !== undefined) {
      const branch = random.pick(oneOf);
      take(branch);
      const others = oneOf.filter((other) => other !== branch).flatMap((other) => other.required ?? []);
      for (const name of others) if (branch.required?.includes(name) !== true) chosen.forbidden.add(name);
    }
    if (not?.required !== undefined) {
      const free = not.required.filter((name) => !chosen.needed.has(name));
      if (free.length > 0) chosen.forbidden.add(random.pick(free));
    }
  }
  return chosen;
}
