import type { CompactSchema, KindSchema } from "@idstack/schemas";
import { isCrd } from "@idstack/schemas/compile";
import type { Diagnostic } from "../diagnostic.ts";
import type { ManifestDocument } from "../document.ts";
import { documentsOf, isDocument } from "../documents-of.ts";
import { isCiphertext } from "../internal/marks.ts";
import { hasFields } from "../internal/plain.ts";
import { isConfidentialFile } from "../internal/source-text.ts";
import type { KubeObject } from "../kube-object.ts";
import { formatPath, getAt } from "../path.ts";
import type { SchemaSource } from "../schemas/schema-source.ts";
import { schemasOf } from "../schemas/schemas-of.ts";
import { checkDefinition } from "./check-definition.ts";
import { checkMetadata } from "./check-metadata.ts";
import { checkValue } from "./check-value.ts";
import type { SchemaCode } from "./codes.ts";
import { findSchema } from "./find-schema.ts";
import { isNotEnforced } from "./not-enforced.ts";
import { type Problem, resolveRef, type Scope } from "./problem.ts";

/** Options of {@link validate}. */
export interface ValidateOptions {
  /** Kinds besides the built-in ones: what `readSchemas` or `schemasOf` returned. */
  readonly schemas?: SchemaSource | undefined;
}

/**
 * Checks objects as the API server does with strict field validation, without a server: unknown fields (with the name
 * that was probably meant), wrong types, missing fields, enums, bounds, patterns, formats, alternatives, duplicate keys
 * of lists, versions that are not served, names and labels.
 *
 * Everything is checked against the recorded schemas of `@idstack/schemas`. CustomResourceDefinitions among the objects
 * count at once, and in place of a built-in schema (see `schemasOf`); so do those of `options.schemas` for kinds that no
 * object defines. Objects of kinds that neither has get one `no-schema` info. Patches may leave required fields out; values that SOPS encrypted, and documents
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
export function validate(
  input: readonly (KubeObject | ManifestDocument)[],
  options: ValidateOptions = {},
): Diagnostic<SchemaCode>[] {
  const documents = input.flatMap((entry) => (isDocument(entry) ? [entry] : documentsOf([entry])));
  const schemas = documents.some(({ object }) => isCrd(object))
    ? schemasOf(documents, options.schemas)
    : options.schemas;
  return documents.flatMap((document) =>
    problemsOf(document, schemas?.near?.(document.file) ?? schemas).map((problem) => diagnostic(problem, document)),
  );
}

function problemsOf({ object, patch, encrypted, file }: ManifestDocument, schemas?: SchemaSource): Problem[] {
  if (isCiphertext(object.kind)) return [];
  const found = findSchema(object.apiVersion, object.kind, schemas);
  if ("problem" in found) return [found.problem];
  const { kind, definitions, native } = found;
  const scope: Scope = {
    check: checkValue,
    definitions,
    problems: [],
    kind: object.kind,
    path: [],
    native,
    patch,
    encrypted,
    secret: encrypted || isConfidentialFile(file) ? "all" : object.kind === "Secret" ? ["data", "stringData"] : [],
  };
  checkValue(withoutSops(object, encrypted), kind.schema, scope);
  const problems = scope.problems.filter(
    (problem) => problem.path[0] !== "status" || countsInStatus(problem, object, kind, native),
  );
  if (patch) return problems;
  const all = [...checkMetadata(object, kind.namespaced), ...problems, ...missingSpec(object, kind.schema, scope)];
  const broken = all.some(({ severity = "error" }) => severity === "error");
  return broken ? all : [...all, ...checkDefinition(object)];
}

/**
 * What is created starts without the status that was written: that has to be decoded, so it may have no unknown field,
 * and no wrong type where Go types are decoded. Custom resources without a status subresource keep it.
 */
function countsInStatus({ code, path }: Problem, object: KubeObject, kind: KindSchema, native: boolean): boolean {
  if (code === "unknown-field") return true;
  if (native) return code === "wrong-type";
  return kind.statusSubresource !== true || (code === "wrong-type" && hasFields(getAt(object, path)));
}

/** The block that SOPS adds to an encrypted object is gone before the API server sees it. */
function withoutSops(object: KubeObject, encrypted: boolean): unknown {
  if (!encrypted) return object;
  const { sops: _, ...rest } = object as KubeObject & { readonly sops?: unknown };
  return rest;
}

/** Built-in schemas leave `spec` optional even where it has required fields; the server then misses those. */
function missingSpec(object: KubeObject, schema: CompactSchema, scope: Scope): Problem[] {
  const spec = schema.properties?.["spec"];
  const written = (object as KubeObject & { readonly spec?: unknown }).spec;
  if (!scope.native || spec === undefined || schema.required?.includes("spec") === true) return [];
  if (written !== undefined && written !== null) return [];
  const resolved = resolveRef(spec, scope);
  const inside: Scope = { ...scope, path: ["spec"] };
  const missed = resolved.required?.some((field) => !isNotEnforced(field, resolved, inside)) === true;
  return missed
    ? [{ code: "missing-field", path: [], part: "key", message: "spec is missing", help: "Add spec." }]
    : [];
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
