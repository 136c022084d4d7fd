import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

type Json = { readonly [key: string]: Json } | readonly Json[] | string | number | boolean | null;

interface Recording {
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const recordings = join(import.meta.dirname, "../../../tools/schemas/openapi");

/** Writes the recorded schemas in the form that kubeconform reads: a file for each kind, unknown fields refused. */
export function writeKubeconformSchemas(directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const file of globSync(`${recordings}/*.json`)) {
    const { components } = JSON.parse(readFileSync(file, "utf8")) as Recording;
    writeFileSync(join(directory, basename(file)), JSON.stringify(strict({ components: { ...components } } as Json)));
    for (const [name, schema] of Object.entries(components.schemas)) {
      for (const { group, kind, version } of kindsOf(schema)) {
        const $ref = `${basename(file)}#/components/schemas/${name}`;
        // For kubeconform, the core group is named like its version.
        writeFileSync(
          join(directory, `${group === "" ? version : group}_${kind.toLowerCase()}_${version}.json`),
          JSON.stringify({ $ref }),
        );
      }
    }
  }
}

function kindsOf(schema: Json): readonly { group: string; kind: string; version: string }[] {
  return ((schema as { [key: string]: Json })["x-kubernetes-group-version-kind"] ?? []) as never;
}

/** OpenAPI 3.0 as JSON Schema. */
function strict(value: Json): Json {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, ...schema } = value as { [key: string]: Json };
  const result: { [key: string]: Json } = Object.fromEntries(
    Object.entries(schema).map(([key, inner]) => [key, key === "enum" || key === "default" ? inner : strict(inner)]),
  ) as { [key: string]: Json };
  if (schema["x-kubernetes-int-or-string"] === true || schema["format"] === "int-or-string") {
    return { type: ["integer", "string"] };
  }
  const open = schema["additionalProperties"] !== undefined || schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (schema["type"] === "object" && schema["properties"] !== undefined && !open)
    result["additionalProperties"] = false;
  if (nullable === true && typeof schema["type"] === "string") result["type"] = [schema["type"], "null"];
  return result;
}
