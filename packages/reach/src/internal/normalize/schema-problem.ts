import { type Diagnostic, type ManifestDocument, type SchemaCode, validate } from "@idstack/manifests";

/** What no API server takes. Unknown fields are another matter: most clients let the server drop them. */
const REFUSED: ReadonlySet<SchemaCode> = new Set<SchemaCode>([
  "alternatives",
  "bounds",
  "duplicate-item",
  "enum",
  "format",
  "length",
  "missing-field",
  "pattern",
  "wrong-type",
]);

/** The first reason why the API server refuses a policy by its schema alone. */
export function schemaProblem(document: ManifestDocument): Diagnostic | undefined {
  return validate([document]).find(({ code, severity }) => severity === "error" && REFUSED.has(code));
}
