import type { Crd } from "../crd.ts";
import type { Recording, ServedSchema } from "../recording.ts";

const OBJECT_META = { $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" };
const text = { type: "string" };

/** What an API server that has the definition serves as OpenAPI: one recording for each served version. */
export function recordCrd({ spec: { group, names, scope, versions } }: Crd): Recording[] {
  const namespaced = scope === "Namespaced";
  return versions
    .filter(({ served }) => served)
    .map(({ name: version, schema, subresources }) => {
      const path = `/apis/${group}/${version}${namespaced ? "/namespaces/{namespace}" : ""}/${names.plural}`;
      const name = [...group.split(".").reverse(), version, names.kind].join(".");
      return {
        groupVersion: `${group}/${version}`,
        resources: { [names.kind]: { namespaced, path, ...(isMapping(subresources?.status) && { status: true }) } },
        components: { schemas: { [name]: served(schema.openAPIV3Schema, { group, version, kind: names.kind }) } },
      };
    });
}

function served(root: ServedSchema, gvk: { group: string; version: string; kind: string }): ServedSchema {
  const { metadata: _, ...fields } = embedded(root).properties ?? {};
  return {
    ...embedded(root),
    properties: sorted({ ...fields, apiVersion: text, kind: text, metadata: OBJECT_META }),
    "x-kubernetes-group-version-kind": [gvk],
  };
}

/** Fields in order of their names, as the server writes them, and objects inside objects with what every object has. */
function embedded(schema: ServedSchema): ServedSchema {
  const out: { -readonly [K in keyof ServedSchema]: ServedSchema[K] } = { ...schema };
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(([name, field]): [string, ServedSchema] => [
      name,
      embedded(field),
    ]);
    out.properties = sorted(Object.fromEntries(fields));
  }
  if (schema.items !== undefined) out.items = embedded(schema.items);
  if (typeof schema.additionalProperties === "object") out.additionalProperties = embedded(schema.additionalProperties);
  if (schema["x-kubernetes-embedded-resource"] === true) {
    out.properties = sorted({ ...out.properties, apiVersion: text, kind: text, metadata: OBJECT_META });
    const required = schema.required ?? [];
    out.required = [...required, ...["kind", "apiVersion"].filter((name) => !required.includes(name))];
  }
  return out;
}

function sorted(fields: { readonly [name: string]: ServedSchema }): { readonly [name: string]: ServedSchema } {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
