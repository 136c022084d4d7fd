// Custom resource definitions → schemas and types.
export { type CompiledCrds, compileCrds } from "./compile-crds.ts";
export type { Crd, CrdVersion } from "./crd.ts";
export { isCrd } from "./crd.ts";
export { crdProblems } from "./crd-problems.ts";
// What an API server serves as OpenAPI → schemas and types, for generators.
export { compact } from "./internal/compact.ts";
export { inlineShared } from "./internal/inline-shared.ts";
export { buildModules, importsOf, META, type SchemaModule } from "./internal/model.ts";
export { recordCrd } from "./internal/record-crd.ts";
export { typesFiles } from "./internal/types-files.ts";
export { mergeGroupVersions } from "./merge-group-versions.ts";
export type { CrdProblem, CrdProblemCode } from "./problem.ts";
export { type Recording, type ServedSchema, splitApiVersion } from "./recording.ts";
export { parseSchemaFile, schemaFiles } from "./schema-files.ts";
