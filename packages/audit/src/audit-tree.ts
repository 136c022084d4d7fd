import { readSchemas, readTree, type SchemaSource, type VirtualEndpoint } from "@idstack/manifests";
import { type ClusterFacts, readEndpoints } from "@idstack/reach";
import { type AuditOptions, audit } from "./audit.ts";
import type { AuditReport } from "./report.ts";

/** Options of {@link auditTree}. */
export interface AuditTreeOptions extends AuditOptions {
  /**
   * Pods that charts and operators will create, for the checks on network policies. Default: the endpoints that
   * `.idstack/endpoints.json` in the folder lists, if there is such a file.
   */
  readonly endpoints?: readonly VirtualEndpoint[] | undefined;
  /** What the manifests do not say about the cluster, such as the API server's address. */
  readonly facts?: ClusterFacts | undefined;
  /**
   * Schemas of kinds that are neither built in nor defined in the folder. Default: those of the nearest
   * `.idstack/schemas` in the folder or above it, within its Git repository.
   */
  readonly schemas?: SchemaSource | undefined;
}

/**
 * Audits every manifest and text file below a folder. Files of the findings are relative to it.
 *
 * @throws the error of `node:fs` if the folder cannot be read; `ReachError` if `.idstack/endpoints.json` is no list of
 * endpoints; `ManifestError` if `.idstack/schemas` holds something else; TypeError for an unknown check.
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { auditTree, formatText } from "@idstack/audit";
 *
 * const dir = await mkdtemp("home-");
 * await writeFile(`${dir}/apps.yaml`, "apiVersion: v1\nkind: Namespace\nmetadata: { name: apps }\n");
 * console.log(formatText(await auditTree(dir)));
 * ```
 */
export async function auditTree(dir: string, options: AuditTreeOptions = {}): Promise<AuditReport> {
  const tree = await readTree(dir);
  const endpoints = options.endpoints ?? (await readEndpoints(dir));
  const schemas = options.schemas ?? (await readSchemas(dir));
  return audit({ ...tree, endpoints, facts: options.facts, schemas }, options);
}
