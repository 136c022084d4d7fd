import { type CompactSchema, loadGroupVersion } from "@idstack/schemas";
import type { CustomKind } from "../generate/custom-kinds.ts";

/** The CEL rules in the recorded schema of a kind: what `validate` knows of and does not evaluate. */
export function recordedRules(kind: CustomKind): string[] {
  const schemas = loadGroupVersion(kind.apiVersion);
  const root = schemas?.kinds[kind.kind]?.schema;
  if (schemas === undefined || root === undefined) return [];
  const walk = (reference: CompactSchema, at: string): string[] => {
    const name = reference.$ref?.slice("#/definitions/".length);
    if (name?.includes(".") === true) return []; // what the server names: Go types, without rules
    const schema = name === undefined ? reference : schemas.definitions[name];
    if (schema === undefined) throw new Error(`no definition ${name}`);
    const own = (schema["x-kubernetes-validations"] ?? []).map((rule) => describeRule(kind, at, rule));
    const fields = Object.entries(schema.properties ?? {}).flatMap(([field, value]) =>
      walk(value, at === "" ? field : `${at}.${field}`),
    );
    const items = schema.items === undefined ? [] : walk(schema.items, `${at}[]`);
    const extra = schema.additionalProperties;
    return [...own, ...fields, ...items, ...(typeof extra === "object" ? walk(extra, `${at}.*`) : [])];
  };
  return walk(root, "");
}

/** Kind, place, and what the rule says. */
export function describeRule(
  { apiVersion, kind }: CustomKind,
  at: string,
  { rule, message }: { readonly rule: string; readonly message?: string },
): string {
  return `${apiVersion} ${kind} ${at === "" ? "(root)" : at}: ${message ?? rule}`;
}
