import { readData } from "./internal/data.ts";

/** A kind that the recorded API server serves. */
export interface CatalogEntry {
  /** `""` for the core group. */
  readonly group: string;
  readonly version: string;
  /** `version` for the core group, else `group/version`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Resource name of the kind, as in URLs and RBAC rules. */
  readonly plural: string;
  /** Name of the {@link Project} that defines the kind: `kubernetes`, `cilium`, `argo-cd` … */
  readonly project: string;
}

/** Where recorded schemas come from. */
export interface Project {
  readonly name: string;
  /** Version of the API server, for Kubernetes itself. */
  readonly version?: string;
  /** Git commit of the custom resource definitions, for other projects; two are known by a JSON schema without one. */
  readonly commit?: string;
  /** Day (`YYYY-MM-DD`) of that commit, or of the recording. */
  readonly date: string;
}

const recorded = readData("catalog") as {
  readonly kinds: readonly CatalogEntry[];
  readonly projects: readonly Project[];
};

/**
 * Every kind of every served group version, sorted by group, version and kind.
 *
 * @example
 * ```ts
 * import { catalog } from "@idstack/schemas";
 * console.log(catalog.filter((entry) => entry.project === "tetragon").map((entry) => entry.kind));
 * ```
 */
export const catalog: readonly CatalogEntry[] = recorded.kinds;

/** The projects whose schemas are recorded, Kubernetes first, with the commit and day they were taken from. */
export const projects: readonly Project[] = recorded.projects;

/**
 * The versions in which the server serves a kind, or `[]` if it knows no such kind.
 *
 * @param group - API group; `""` for the core group.
 * @example
 * ```ts
 * import { servedVersions } from "@idstack/schemas";
 * console.log(servedVersions("external-secrets.io", "ExternalSecret")); // [ 'v1' ]
 * ```
 */
export function servedVersions(group: string, kind: string): readonly string[] {
  return catalog.filter((entry) => entry.group === group && entry.kind === kind).map((entry) => entry.version);
}
