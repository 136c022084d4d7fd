import { type CustomResourceDefinition, loadCrds } from "@idstack/tool-real";
import type { Rule, Schema } from "./schema.ts";

/** One kind in one served version. */
export interface CustomKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly schema: Schema;
  /** `status` is a subresource: the server drops it from what is created. */
  readonly dropsStatus: boolean;
  readonly rules: readonly LocatedRule[];
}

export interface LocatedRule extends Rule {
  /** Where in the schema: `spec.rules[].name`. */
  readonly at: string;
}

interface Versions {
  readonly versions: readonly {
    readonly name: string;
    readonly served: boolean;
    readonly schema: { readonly openAPIV3Schema: Schema };
    readonly subresources?: { readonly status?: object };
  }[];
}

/** Every custom kind that the server serves, in every version. */
export async function loadCustomKinds(): Promise<readonly CustomKind[]> {
  return (await loadCrds()).flatMap(({ crd }) => kindsOf(crd));
}

/** The kind of a definition in every version that is served. */
export function kindsOf({ spec }: CustomResourceDefinition): CustomKind[] {
  return (spec as unknown as Versions).versions
    .filter((version) => version.served)
    .map(({ name, schema: { openAPIV3Schema: schema }, subresources }) => ({
      apiVersion: `${spec.group}/${name}`,
      kind: spec.names.kind,
      namespaced: spec.scope === "Namespaced",
      schema,
      dropsStatus: subresources?.status !== undefined,
      rules: rulesOf(schema, ""),
    }));
}

function rulesOf(schema: Schema, at: string): LocatedRule[] {
  const own = (schema["x-kubernetes-validations"] ?? []).map((rule) => ({ ...rule, at }));
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    rulesOf(field, at === "" ? name : `${at}.${name}`),
  );
  const items = schema.items === undefined ? [] : rulesOf(schema.items, `${at}[]`);
  const extra = schema.additionalProperties;
  return [...own, ...fields, ...items, ...(typeof extra === "object" ? rulesOf(extra, `${at}.*`) : [])];
}
