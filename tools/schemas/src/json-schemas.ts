import { readFileSync } from "node:fs";
import { type Crd, type Recording, recordCrd, type ServedSchema } from "@idstack/schemas/compile";

/** A kind whose definition is to be had as JSON schema only; the file says no more than its fields. */
export interface JsonSchemaKind {
  readonly project: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Folder of the schemas and of `index.json`, which lists them. */
export const JSON_SCHEMAS = new URL("../json-schemas/", import.meta.url);

/** Every kind of `json-schemas/index.json`. */
export function jsonSchemaKinds(): JsonSchemaKind[] {
  return (JSON.parse(readFileSync(new URL("index.json", JSON_SCHEMAS), "utf8")) as { kinds: JsonSchemaKind[] }).kinds;
}

/** Where the schema of a kind is, below the folder. */
export function jsonSchemaFile({ group, version, kind }: JsonSchemaKind): string {
  return `${group}/${kind.toLowerCase()}_${version}.min.json`;
}

/** What a server with these kinds would serve: their schemas are those of definitions, with every object closed. */
export function jsonSchemaRecordings(): Recording[] {
  return jsonSchemaKinds().flatMap((entry) => {
    const schema = JSON.parse(readFileSync(new URL(jsonSchemaFile(entry), JSON_SCHEMAS), "utf8")) as ServedSchema;
    return recordCrd(definitionOf(entry, schema));
  });
}

/** The definition that a JSON schema was made from, as far as that can be told. */
export function definitionOf(entry: JsonSchemaKind, schema: ServedSchema): Crd {
  const { group, version, kind, plural, namespaced } = entry;
  const openAPIV3Schema = { ...opened(schema), type: "object" };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? "Namespaced" : "Cluster",
      names: { kind, plural },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

/** Definitions close their objects by not saying anything; `additionalProperties: false` is an error in them. */
function opened(schema: ServedSchema): ServedSchema {
  const { additionalProperties, ...rest } = schema;
  const out: { -readonly [K in keyof ServedSchema]: ServedSchema[K] } = rest;
  if (typeof additionalProperties === "object") out.additionalProperties = opened(additionalProperties);
  if (schema.items !== undefined) out.items = opened(schema.items);
  if (schema.properties !== undefined) {
    out.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, field]) => [name, opened(field)]),
    );
  }
  return out;
}
