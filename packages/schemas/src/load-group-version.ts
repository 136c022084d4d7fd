import { catalog } from "./catalog.ts";
import type { CompactSchema, GroupVersionSchemas } from "./format.ts";
import { dataFile } from "./internal/data-file.ts";

const loaded = new Map<string, GroupVersionSchemas>();
const served = new Set(catalog.map((entry) => entry.apiVersion));

/**
 * The schemas of one group version, or `undefined` if the recorded API server does not serve it.
 *
 * Reads a JSON file on the first call and returns the same object afterwards. Treat it as read-only: every caller of
 * the process shares it.
 *
 * @param apiVersion - As in a manifest: `v1`, `apps/v1`, `cilium.io/v2`.
 * @example
 * ```ts
 * import { loadGroupVersion } from "@idstack/schemas";
 * const pod = loadGroupVersion("v1")?.kinds["Pod"];
 * console.log(pod?.namespaced, pod?.schema.required); // true [ 'apiVersion', 'kind' ]
 * ```
 */
export function loadGroupVersion(apiVersion: string): GroupVersionSchemas | undefined {
  if (!served.has(apiVersion)) return undefined;
  const known = loaded.get(apiVersion);
  if (known !== undefined) return known;

  const { kinds, definitions, imports } = dataFile(apiVersion.replace("/", "_"));
  const all: Record<string, CompactSchema> = { ...definitions };
  for (const [source, names] of Object.entries(imports)) {
    const home = dataFile(source).definitions;
    for (const name of names) {
      const definition = home[name];
      if (definition === undefined) throw new Error(`data/${source}.json has no definition ${name}`);
      all[name] = definition;
    }
  }
  const schemas = { apiVersion, kinds, definitions: all };
  loaded.set(apiVersion, schemas);
  return schemas;
}
