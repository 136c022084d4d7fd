import type { KubeObject } from "../../src/index.ts";
import type { Schema } from "../generate/schema.ts";

/** A definition of a kind whose `spec` has one list of texts for each of these schemas, by name. */
export function listsOf(
  plural: string,
  schemas: { readonly [name: string]: Schema },
): KubeObject & { readonly spec: object } {
  const kind = plural.charAt(0).toUpperCase() + plural.slice(1, -1);
  const properties = Object.fromEntries(
    Object.entries(schemas).map(([name, items]) => [name, { type: "array", items: { type: "string", ...items } }]),
  );
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.test.example` },
    spec: {
      group: "test.example",
      scope: "Namespaced",
      names: { kind, plural, singular: plural.slice(0, -1), listKind: `${kind}List` },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties } } } },
        },
      ],
    },
  };
}
