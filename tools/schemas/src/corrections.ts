import type { Recording, ServedSchema } from "./recording.ts";

const APIEXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1";
const fieldOf = (name: string): ServedSchema => ({
  allOf: [{ $ref: `#/components/schemas/${APIEXTENSIONS}.${name}` }],
});

/** What a recording gets wrong, by the name of the schema: fields that are missing there. */
interface Correction {
  readonly why: string;
  readonly schema: string;
  readonly fields: { readonly [field: string]: ServedSchema };
}

/** Every place where the generator knows better than the recordings. */
export const CORRECTIONS: readonly Correction[] = [
  {
    why: "the recording was stripped of documentation; the schema of schemas has fields of the same names",
    schema: `${APIEXTENSIONS}.JSONSchemaProps`,
    fields: { example: fieldOf("JSON"), externalDocs: fieldOf("ExternalDocumentation") },
  },
];

/**
 * The recording with its mistakes put right.
 *
 * @throws Error if it has a field already: then the correction is to be removed.
 */
export function correct(recording: Recording): Recording {
  const schemas: Record<string, ServedSchema> = { ...recording.components.schemas };
  for (const { schema: name, fields } of CORRECTIONS) {
    const schema = schemas[name];
    if (schema === undefined) continue;
    const known = Object.keys(fields).filter((field) => Object.hasOwn(schema.properties ?? {}, field));
    if (known.length > 0) throw new Error(`${name} has ${known.join(", ")}: remove the correction`);
    const properties = Object.entries({ ...schema.properties, ...fields }).sort(([a], [b]) => (a < b ? -1 : 1));
    schemas[name] = { ...schema, properties: Object.fromEntries(properties) };
  }
  return { ...recording, components: { schemas } };
}
