import type { GroupVersionSchemas, KindSchema } from "../format.ts";
import type { Crd } from "./crd.ts";
import { crdProblems } from "./crd-problems.ts";
import { groupVersionOf } from "./internal/group-version-of.ts";
import { kindsOf } from "./internal/model.ts";
import { recordCrd } from "./internal/record-crd.ts";
import type { CrdProblem } from "./problem.ts";

/** What {@link compileCrds} makes of definitions. */
export interface CompiledCrds {
  /** Every served version, sorted by apiVersion, in the form of `loadGroupVersion`. */
  readonly groupVersions: readonly GroupVersionSchemas[];
  /** Why definitions were left out; `index` is their place in the input. */
  readonly problems: readonly (CrdProblem & { readonly index: number })[];
}

/**
 * Compiles CustomResourceDefinitions to the schemas that an API server which has them validates against: what
 * `loadGroupVersion` gives for the kinds of this package. A definition that the server would refuse (see
 * {@link crdProblems}) is left out. Where two define the same kind, the later one counts.
 *
 * @param definitions - Plain data, as a YAML parser returns it.
 * @example
 * ```ts
 * import { compileCrds } from "@idstack/schemas/compile";
 * const openAPIV3Schema = { type: "object", properties: { spec: { type: "object", properties: { size: { type: "integer" } } } } };
 * const versions = [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }];
 * const spec = { group: "example.com", scope: "Namespaced", names: { kind: "Widget", plural: "widgets" }, versions };
 * const crd = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "widgets.example.com" }, spec };
 * const [v1] = compileCrds([crd]).groupVersions;
 * console.log(v1?.apiVersion, Object.keys(v1?.kinds ?? {})); // example.com/v1 [ 'Widget' ]
 * ```
 */
export function compileCrds(definitions: readonly unknown[]): CompiledCrds {
  const problems: (CrdProblem & { index: number })[] = [];
  const groupVersions = new Map<string, Map<string, KindSchema>>();
  for (const [index, definition] of definitions.entries()) {
    const found = crdProblems(definition);
    problems.push(...found.map((problem) => ({ ...problem, index })));
    if (found.length > 0) continue;
    for (const recording of recordCrd(definition as Crd)) {
      const kinds = groupVersions.get(recording.groupVersion) ?? new Map<string, KindSchema>();
      for (const [kind, schema] of kindsOf(recording)) kinds.set(kind, schema);
      groupVersions.set(recording.groupVersion, kinds);
    }
  }
  const sorted = [...groupVersions].sort(([a], [b]) => (a < b ? -1 : 1));
  return { groupVersions: sorted.map(([apiVersion, kinds]) => groupVersionOf(apiVersion, kinds)), problems };
}
