import type { GroupVersionSchemas, KindSchema } from "../format.ts";
import { groupVersionOf } from "./internal/group-version-of.ts";
import { inlineShared } from "./internal/inline-shared.ts";
import { splitApiVersion } from "./recording.ts";

/**
 * Two sets of schemas as one, sorted by apiVersion. A kind of `added` replaces the kind of the same group with all its
 * versions: a version that its new definition no longer serves is gone. The result depends on what is in it only, not
 * on the order in which it was added.
 *
 * @example
 * ```ts
 * import { loadGroupVersion } from "@idstack/schemas";
 * import { mergeGroupVersions } from "@idstack/schemas/compile";
 * const velero = ["velero.io/v1", "velero.io/v2alpha1"].flatMap((apiVersion) => loadGroupVersion(apiVersion) ?? []);
 * console.log(mergeGroupVersions(velero.slice(0, 1), velero.slice(1)).length); // 2
 * ```
 */
export function mergeGroupVersions(
  present: readonly GroupVersionSchemas[],
  added: readonly GroupVersionSchemas[],
): GroupVersionSchemas[] {
  const nameOf = (apiVersion: string, kind: string): string => `${splitApiVersion(apiVersion).group}/${kind}`;
  const replaced = new Set(
    added.flatMap(({ apiVersion, kinds }) => Object.keys(kinds).map((kind) => nameOf(apiVersion, kind))),
  );
  const merged = new Map<string, Map<string, KindSchema>>();
  const take = ({ apiVersion, kinds, definitions }: GroupVersionSchemas, kind: string): void => {
    const found = kinds[kind];
    if (found === undefined) return;
    const into = merged.get(apiVersion) ?? new Map<string, KindSchema>();
    merged.set(apiVersion, into.set(kind, { ...found, schema: inlineShared(found.schema, definitions) }));
  };
  for (const each of present) {
    for (const kind of Object.keys(each.kinds)) if (!replaced.has(nameOf(each.apiVersion, kind))) take(each, kind);
  }
  for (const each of added) for (const kind of Object.keys(each.kinds)) take(each, kind);
  return [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([apiVersion, kinds]) => groupVersionOf(apiVersion, kinds));
}
