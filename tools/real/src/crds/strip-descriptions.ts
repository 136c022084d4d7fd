type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

/**
 * A CustomResourceDefinition without the descriptions of its schemas and printer columns; everything else stays, also a
 * property that is called `description`.
 */
export function stripDescriptions(crd: JsonObject): JsonObject {
  const spec = object(crd["spec"]);
  const versions = Array.isArray(spec["versions"]) ? spec["versions"] : [];
  return { ...crd, spec: { ...spec, versions: versions.map((version: Json) => stripVersion(object(version))) } };
}

function stripVersion(version: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...version };
  const schema = object(version["schema"]);
  if (schema["openAPIV3Schema"] !== undefined) {
    result["schema"] = { ...schema, openAPIV3Schema: stripSchema(schema["openAPIV3Schema"]) };
  }
  const columns = version["additionalPrinterColumns"];
  if (Array.isArray(columns)) {
    result["additionalPrinterColumns"] = columns.map((column: Json) => without(object(column), "description"));
  }
  return result;
}

/** Keys whose value is one schema, a list of schemas, a map of schemas; every other value is data. */
const one = new Set(["items", "additionalProperties", "not", "additionalItems"]);
const many = new Set(["allOf", "anyOf", "oneOf"]);
const named = new Set(["properties", "patternProperties", "definitions", "dependencies"]);

function stripSchema(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "description" && typeof value === "string") continue;
    if (one.has(key)) result[key] = Array.isArray(value) ? value.map(stripSchema) : stripSchema(value);
    else if (many.has(key) && Array.isArray(value)) result[key] = value.map(stripSchema);
    else if (named.has(key) && isObject(value)) {
      result[key] = Object.fromEntries(Object.entries(value).map(([name, child]) => [name, stripSchema(child)]));
    } else result[key] = value;
  }
  return result;
}

function without(value: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: Json): JsonObject {
  return isObject(value) ? value : {};
}
