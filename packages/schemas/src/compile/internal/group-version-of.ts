import type { CompactSchema, GroupVersionSchemas, KindSchema } from "../../format.ts";
import { metaDefinitions } from "./meta-definitions.ts";
import { shareKinds } from "./model.ts";
import { reachable } from "./references.ts";

/** A self-contained group version of kinds in which nothing is shared yet. */
export function groupVersionOf(apiVersion: string, kinds: ReadonlyMap<string, KindSchema>): GroupVersionSchemas {
  const module = shareKinds(apiVersion, kinds);
  const meta = metaDefinitions();
  const roots = [...[...module.kinds.values()].map(({ schema }) => schema), ...module.definitions.values()];
  const needed = [...reachable(roots, meta)].filter((name) => meta.has(name)).sort();
  const definitions = [
    ...needed.map((name): [string, CompactSchema | undefined] => [name, meta.get(name)]),
    ...module.definitions,
  ];
  return {
    apiVersion,
    kinds: Object.fromEntries(module.kinds),
    definitions: Object.fromEntries(definitions) as GroupVersionSchemas["definitions"],
  };
}
