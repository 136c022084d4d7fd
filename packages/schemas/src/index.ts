export { type CatalogEntry, catalog, type Project, projects, servedVersions } from "./catalog.ts";
export type { CompactSchema, GroupVersionSchemas, KindSchema, SchemaType } from "./format.ts";
export { loadGroupVersion } from "./load-group-version.ts";
