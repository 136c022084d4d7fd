import type { CatalogEntry, GroupVersionSchemas } from "@idstack/schemas";
import { mergeGroupVersions } from "@idstack/schemas/compile";
import { groupOf } from "../object-ref.ts";
import type { SchemaSource } from "./schema-source.ts";

/** A source of schemas that are at hand; `project` names where they come from. */
export function sourceOf(groupVersions: readonly GroupVersionSchemas[], project: string): SchemaSource {
  const byApiVersion = new Map(groupVersions.map((each) => [each.apiVersion, each]));
  const catalog = groupVersions.flatMap(({ apiVersion, kinds }) =>
    Object.entries(kinds).map(([kind, { namespaced, plural }]): CatalogEntry => {
      const group = groupOf(apiVersion);
      const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
      return { group, version, apiVersion, kind, namespaced, plural, project };
    }),
  );
  return { catalog, loadGroupVersion: (apiVersion) => byApiVersion.get(apiVersion) };
}

/** Two sources as one: kinds of the first count in place of the second's. */
export function joinSources(first: SchemaSource, second: SchemaSource | undefined): SchemaSource {
  if (second === undefined || second.catalog.length === 0) return first;
  if (first.catalog.length === 0) return second;
  const replaced = new Set(first.catalog.map(({ group, kind }) => `${group}/${kind}`));
  const kept = second.catalog.filter(({ group, kind }) => !replaced.has(`${group}/${kind}`));
  const joined = new Map<string, GroupVersionSchemas | undefined>();
  return {
    catalog: [...first.catalog, ...kept],
    loadGroupVersion(apiVersion) {
      if (!joined.has(apiVersion)) joined.set(apiVersion, join(apiVersion));
      return joined.get(apiVersion);
    },
  };

  /** Definitions of the two may share a name; merging names them anew. */
  function join(apiVersion: string): GroupVersionSchemas | undefined {
    const [above, below] = [first.loadGroupVersion(apiVersion), second?.loadGroupVersion(apiVersion)];
    if (above === undefined || below === undefined) return above ?? below;
    return mergeGroupVersions([below], [above])[0];
  }
}
