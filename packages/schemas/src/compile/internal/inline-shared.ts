import type { CompactSchema } from "../../format.ts";
import { mapChildren } from "./map-children.ts";
import { referenceName } from "./references.ts";

/** Puts definitions that {@link shareRepeated} made back where they came from: those without a dot in their names. */
export function inlineShared(
  schema: CompactSchema,
  definitions: { readonly [name: string]: CompactSchema },
): CompactSchema {
  const replace = (child: CompactSchema): CompactSchema => {
    const name = referenceName(child);
    const shared = name === undefined || name.includes(".") ? undefined : definitions[name];
    return mapChildren(shared ?? child, [], replace);
  };
  return mapChildren(schema, [], replace);
}
