/** A primitive type name of JSON Schema. */
export type SchemaType = "array" | "boolean" | "integer" | "null" | "number" | "object" | "string";

/**
 * A compact structural schema: plain JSON Schema (a subset common to draft 7 and 2020-12), so any JSON Schema
 * validator takes it as it is, plus three Kubernetes keywords that such a validator ignores.
 *
 * How the forms of the API server are written here:
 * - `allOf: [{ $ref }]` is `{ $ref }`, and a `$ref` is always the only key.
 * - int-or-string and quantities are `type: ["integer", "string"]` and `type: ["number", "string"]`.
 * - `nullable: true` adds `"null"` to `type`.
 * - An object that knows its fields carries `additionalProperties: false`. It is absent where the server keeps unknown
 *   fields (`x-kubernetes-preserve-unknown-fields`, raw extensions) and inside `allOf`, `anyOf`, `oneOf` and `not`.
 * - A required field of a custom resource that has a default is not in `required`: the server fills it in first.
 * - `null` is nothing special in kinds of Kubernetes itself (project `kubernetes` of the catalog) and in `meta.v1`
 *   definitions: the server reads it as an absent field there (`creationTimestamp: null`), and only there.
 * - `default` is kept where it says something (`"TCP"`, `true`, `3`), and left out where it is the zero value.
 */
export interface CompactSchema {
  /** `#/definitions/<name>`: `definitions[name]` of the {@link GroupVersionSchemas} the schema came from. */
  readonly $ref?: string;
  readonly type?: SchemaType | readonly SchemaType[];
  readonly properties?: { readonly [field: string]: CompactSchema };
  readonly required?: readonly string[];
  /** `false`: no other fields. A schema: what the values of a map look like. */
  readonly additionalProperties?: boolean | CompactSchema;
  readonly items?: CompactSchema;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  /** Unanchored; compiles in JavaScript with the `u` flag, and takes no exponential time there. Applies to strings only, so not to the number of int-or-string. */
  readonly pattern?: string;
  /** `int32`, `int64`, `double`, `date-time`, `byte` (base64), `cidr`, `ipv4`, `ipv6`, `idn-hostname`. */
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly CompactSchema[];
  readonly anyOf?: readonly CompactSchema[];
  readonly oneOf?: readonly CompactSchema[];
  readonly not?: CompactSchema;
  /** How the server merges and checks a list: `map` has unique keys, `set` has unique items. `atomic` is left out. */
  readonly "x-kubernetes-list-type"?: "map" | "set";
  /** The fields that make an item of a `map` list unique. */
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  /** CEL rules the server evaluates; recorded for tools that have a CEL evaluator. */
  readonly "x-kubernetes-validations"?: readonly { readonly rule: string; readonly message?: string }[];
}

/** One kind of a group version: its schema and how the server addresses it. */
export interface KindSchema {
  /** Schema of the whole object. `apiVersion` and `kind` are required and have an `enum` of one. */
  readonly schema: CompactSchema;
  readonly namespaced: boolean;
  readonly plural: string;
  /** `status` is a subresource: the server drops it from an object that is created. */
  readonly statusSubresource?: boolean;
}

/**
 * Every kind of one group version, self-contained: each `$ref` of `kinds` and of `definitions` resolves in
 * `definitions`. `{ ...kinds[kind].schema, definitions }` is a JSON Schema document of one kind.
 *
 * Definitions the server names are keyed by the last three parts of that name (`meta.v1.ObjectMeta`,
 * `core.v1.PodSpec`) and are the same object in every group version that uses them, so a validator may cache by
 * identity. The others are subschemas that a custom resource repeats; their names have no dot and may change whenever
 * the schemas are recorded anew.
 */
export interface GroupVersionSchemas {
  readonly apiVersion: string;
  readonly kinds: { readonly [kind: string]: KindSchema };
  readonly definitions: { readonly [name: string]: CompactSchema };
}
