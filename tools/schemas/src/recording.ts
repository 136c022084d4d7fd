import { readdirSync, readFileSync } from "node:fs";
import { correct } from "./corrections.ts";

/** An OpenAPI v3 schema as the API server serves it. */
export interface ServedSchema {
  readonly [keyword: string]: unknown;
  readonly $ref?: string;
  readonly properties?: { readonly [field: string]: ServedSchema };
  readonly required?: readonly string[];
  readonly items?: ServedSchema;
  readonly additionalProperties?: boolean | ServedSchema;
  readonly allOf?: readonly ServedSchema[];
  readonly anyOf?: readonly ServedSchema[];
  readonly oneOf?: readonly ServedSchema[];
  readonly not?: ServedSchema;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly default?: unknown;
}

/** One recorded file: a group version, its resources and the schemas they use. */
export interface Recording {
  readonly groupVersion: string;
  readonly resources: { readonly [kind: string]: { readonly namespaced: boolean; readonly path: string } };
  readonly components: { readonly schemas: { readonly [name: string]: ServedSchema } };
}

/** Reads every recording of a folder, sorted by file name, with the known mistakes put right. */
export function readRecordings(folder: URL): Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => correct(JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Recording));
}

/** The group and version of an apiVersion; the core group is `""`. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}
