import type { CatalogEntry, GroupVersionSchemas } from "@idstack/schemas";

/**
 * Kinds and their schemas besides the ones of `@idstack/schemas`; `schemasOf` and `readSchemas` make one. A kind that it
 * has counts in place of the built-in one with all its versions; every other kind stays built in.
 */
export interface SchemaSource {
  /** Every kind it has in every served version. `project` is any name for where the kinds come from. */
  readonly catalog: readonly CatalogEntry[];
  /** The schemas of an apiVersion of the catalog; `undefined` for any other one. The same object at every call. */
  loadGroupVersion(apiVersion: string): GroupVersionSchemas | undefined;
  /** The source for objects of a file, where different places of a tree define a kind differently. */
  near?(file: string | undefined): SchemaSource;
}
