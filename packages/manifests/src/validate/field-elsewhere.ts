import type { CompactSchema } from "@idstack/schemas";
import { resolveRef, type Scope } from "./problem.ts";

/**
 * Where in the schema below an object a field of this name exists, nearest first: `selectors[].matchActions[].action`.
 * For fields that were written some levels too high.
 */
export function fieldElsewhere(name: string, root: CompactSchema, scope: Scope): string | undefined {
  let level: { readonly schema: CompactSchema; readonly path: string }[] = [{ schema: root, path: "" }];
  const seen = new Set<CompactSchema>([root]);
  for (let depth = 0; depth < 5 && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { schema, path } of level) {
      for (const [field, reference] of Object.entries(schema.properties ?? {})) {
        const own = path === "" ? field : `${path}.${field}`;
        if (depth > 0 && field === name) return own;
        const { schema: below, suffix } = unwrap(reference, scope);
        if (seen.has(below)) continue;
        seen.add(below);
        next.push({ schema: below, path: own + suffix });
      }
    }
    level = next;
  }
  return undefined;
}

function unwrap(reference: CompactSchema, scope: Scope): { readonly schema: CompactSchema; readonly suffix: string } {
  const schema = resolveRef(reference, scope);
  return schema.items === undefined
    ? { schema, suffix: "" }
    : { schema: resolveRef(schema.items, scope), suffix: "[]" };
}
