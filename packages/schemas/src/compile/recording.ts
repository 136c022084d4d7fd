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

/** How the server addresses a kind. */
export interface RecordedResource {
  readonly namespaced: boolean;
  /** Of its collection. */
  readonly path: string;
  /** It has a subresource `status`. */
  readonly status?: boolean;
}

/** What an API server says about one group version: its resources and the schemas they use. */
export interface Recording {
  readonly groupVersion: string;
  readonly resources: { readonly [kind: string]: RecordedResource };
  readonly components: { readonly schemas: { readonly [name: string]: ServedSchema } };
}

/** The group and version of an apiVersion; the core group is `""`. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}
