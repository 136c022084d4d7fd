import type { CompactSchema } from "@idstack/schemas";
import { closest } from "../closest.ts";
import { isPatchDirective } from "../internal/marks.ts";
import { orList } from "./describe.ts";
import { fieldElsewhere } from "./field-elsewhere.ts";
import { isNotEnforced, zeroValue } from "./not-enforced.ts";
import { report, resolveRef, type Scope } from "./problem.ts";

export function checkObject(value: Readonly<Record<string, unknown>>, schema: CompactSchema, scope: Scope): void {
  const { properties, additionalProperties, minProperties, maxProperties } = schema;
  let size = 0;
  for (const key of Object.keys(value)) {
    const field = value[key];
    if (field === undefined || (scope.patch && isPatchDirective(key))) continue;
    const known = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
    const fieldSchema = known ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
    if (fieldSchema === undefined) {
      if (additionalProperties === false || hasNoFields(schema, scope)) reportUnknown(key, schema, scope);
      size++;
    } else if (!isPruned(field, fieldSchema, scope) && !isUnset(field, key, schema, scope)) {
      size++;
      scope.path.push(key);
      scope.check(field, fieldSchema, scope);
      scope.path.pop();
    }
  }
  if (!scope.patch) checkRequired(value, schema, scope);
  if (minProperties !== undefined && size < minProperties && !scope.patch) {
    report(scope, {
      code: "length",
      message: `at least ${minProperties} of its fields must be set`,
      help: fieldsOf(schema),
    });
  }
  if (maxProperties !== undefined && size > maxProperties) {
    report(scope, {
      code: "length",
      message: `at most ${maxProperties} of its fields may be set`,
      help: fieldsOf(schema),
    });
  }
}

/** The one Go type without a field: for the server no mapping like any other. */
function hasNoFields(schema: CompactSchema, { definitions }: Scope): boolean {
  return schema === definitions["apiextensions.v1.CustomResourceSubresourceStatus"];
}

/** `key:` with nothing behind it: the server drops it, unless the field may be null. */
function isPruned(value: unknown, reference: CompactSchema, scope: Scope): boolean {
  if (value !== null) return false;
  const { type } = resolveRef(reference, scope);
  return type !== undefined && type !== "null" && !(Array.isArray(type) && type.includes("null"));
}

/** An empty text in an optional field of a Go type is no value: the server takes its default. */
function isUnset(value: unknown, key: string, { properties, required }: CompactSchema, scope: Scope): boolean {
  if (value !== "" || !scope.native || required?.includes(key) === true) return false;
  return properties?.[key]?.enum !== undefined;
}

function checkRequired(value: Readonly<Record<string, unknown>>, schema: CompactSchema, scope: Scope): void {
  for (const name of schema.required ?? []) {
    const field = schema.properties?.[name] ?? {};
    const written = Object.hasOwn(value, name) && value[name] !== undefined;
    if (written && !(value[name] === null && isPruned(null, field, scope))) continue;
    const harmless = isNotEnforced(name, schema, scope);
    const message = written ? `${name} has no value` : `${name} is missing`;
    report(scope, {
      code: "missing-field",
      severity: harmless ? "warning" : "error",
      part: "key",
      ...(written ? { at: name } : {}),
      message: harmless ? `${message}: Kubernetes reads ${zeroValue(field, scope)}` : message,
      help: written ? `Give ${name} a value.` : `Add ${name}.`,
    });
  }
}

function reportUnknown(key: string, schema: CompactSchema, scope: Scope): void {
  const meant = closest(key, Object.keys(schema.properties ?? {}));
  const elsewhere = meant === undefined ? fieldElsewhere(key, schema, scope) : undefined;
  const help =
    meant !== undefined
      ? `Did you mean ${meant}?`
      : elsewhere !== undefined
        ? `A field of this name belongs at ${elsewhere} below here.`
        : fieldsOf(schema);
  report(scope, { code: "unknown-field", part: "key", at: key, message: `unknown field ${key}`, help });
}

function fieldsOf(schema: CompactSchema): string {
  const names = Object.keys(schema.properties ?? {});
  return names.length === 0
    ? "Remove it: this mapping has no fields."
    : `Its fields are ${orList(names).replace(/ or (?=\S+$)/, " and ")}.`;
}
