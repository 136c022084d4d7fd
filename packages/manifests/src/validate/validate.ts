import type { Diagnostic } from "../diagnostic.ts";
import type { ManifestDocument } from "../document.ts";
import { documentsOf, isDocument } from "../documents-of.ts";
import { isCiphertext } from "../internal/marks.ts";
import { isConfidentialFile } from "../internal/source-text.ts";
import type { KubeObject } from "../kube-object.ts";
import { formatPath } from "../path.ts";
import { checkMetadata } from "./check-metadata.ts";
import { checkValue } from "./check-value.ts";
import type { SchemaCode } from "./codes.ts";
import { findSchema } from "./find-schema.ts";
import { type Problem, resolveRef, type Scope } from "./problem.ts";

/**
 * Checks objects as the API server does with strict field validation, without a server: unknown fields (with the name
 * that was probably meant), wrong types, missing fields, enums, bounds, patterns, formats, alternatives, duplicate keys
 * of lists, versions that are not served, names and labels.
 *
 * Everything is checked against the recorded schemas of `@idstack/schemas`. Objects of API groups that are not
 * recorded get one `no-schema` info. Patches may leave required fields out; values that SOPS encrypted, and documents
 * it encrypted as a whole, are not checked; CEL rules are not evaluated.
 *
 * @returns findings in the order of the input; `path` is set in each, and `file`, `line` and `column` where the
 *   document knows its positions.
 * @example
 * ```ts
 * import { validate } from "@idstack/manifests";
 * const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "deny" }, spec: { podSelecter: {} } };
 * console.log(validate([policy]).map(({ code, path, help }) => [code, path, help]));
 * // [ [ 'unknown-field', 'spec.podSelecter', 'Did you mean podSelector?' ] ]
 * ```
 */
export function validate(input: readonly (KubeObject | ManifestDocument)[]): Diagnostic<SchemaCode>[] {
  return input.flatMap((entry) => {
    const documents = isDocument(entry) ? [entry] : documentsOf([entry]);
    return documents.flatMap((document) => problemsOf(document).map((problem) => diagnostic(problem, document)));
  });
}

function problemsOf({ object, patch, encrypted, file }: ManifestDocument): Problem[] {
  if (isCiphertext(object.kind)) return [];
  const found = findSchema(object.apiVersion, object.kind);
  if ("problem" in found) return [found.problem];
  const { kind, definitions, native } = found;
  const scope: Scope = {
    check: checkValue,
    definitions,
    problems: [],
    path: [],
    native,
    patch,
    encrypted,
    secret: encrypted || isConfidentialFile(file) ? "all" : object.kind === "Secret" ? ["data", "stringData"] : [],
  };
  checkValue(withoutSops(object, encrypted), kind.schema, scope);
  const problems = scope.problems.filter(
    ({ code, path }) => path[0] !== "status" || code === "unknown-field" || code === "wrong-type",
  );
  if (patch) return problems;
  return [...checkMetadata(object, kind.namespaced), ...problems, ...missingSpec(object, kind.schema, scope)];
}

/** The block that SOPS adds to an encrypted object is gone before the API server sees it. */
function withoutSops(object: KubeObject, encrypted: boolean): unknown {
  if (!encrypted) return object;
  const { sops: _, ...rest } = object as KubeObject & { readonly sops?: unknown };
  return rest;
}

/** Built-in schemas leave `spec` optional even where it has required fields; the server then misses those. */
function missingSpec(
  object: KubeObject,
  schema: { readonly properties?: Scope["definitions"] },
  scope: Scope,
): Problem[] {
  const spec = schema.properties?.["spec"];
  const written = (object as KubeObject & { readonly spec?: unknown }).spec;
  if (!scope.native || spec === undefined || (written !== undefined && written !== null)) return [];
  const { required } = resolveRef(spec, scope);
  return required === undefined
    ? []
    : [{ code: "missing-field", path: [], part: "key", message: "spec is missing", help: "Add spec." }];
}

function diagnostic(problem: Problem, document: ManifestDocument): Diagnostic<SchemaCode> {
  const { code, severity = "error", message, help, path, part = "value" } = problem;
  const position = document.locate(path, part);
  return {
    code,
    severity,
    message,
    ...(document.file === undefined ? {} : { file: document.file }),
    ...position,
    path: formatPath(path),
    help,
  };
}
