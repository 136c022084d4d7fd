/** Every code that {@link validate} reports. */
export type SchemaCode =
  /** The schema knows no such field: the API server's strict validation refuses it, others drop it silently. */
  | "unknown-field"
  /** A string where a number belongs, a list where a mapping belongs … */
  | "wrong-type"
  | "missing-field"
  /** Not one of the allowed values. */
  | "enum"
  /** A number below the minimum or above the maximum, or outside its integer size. */
  | "bounds"
  /** Too few or too many characters, items or entries. */
  | "length"
  | "pattern"
  /** No date, base64, CIDR, address or quantity where one is required. */
  | "format"
  /** Two items of a list have the same key, or a set has an item twice. */
  | "duplicate-item"
  /** Fields that exclude each other are both set, or none of those of which one is needed. */
  | "alternatives"
  /** The API server knows the kind, but not in this version. */
  | "unserved-version"
  | "unknown-kind"
  /** No API group of this name, but one that was probably meant. */
  | "unknown-group"
  /** No schema for this group is recorded: the object was not checked. */
  | "no-schema"
  /** A CustomResourceDefinition that the API server refuses: its parts contradict each other, or a schema is not structural. */
  | "definition"
  /** Neither `metadata.name` nor `metadata.generateName`. */
  | "missing-name"
  /** A name, label or annotation that the API server refuses, or a namespace on a kind that has none. */
  | "metadata"
  /** The value holds `${…}`, which is replaced later: it cannot be checked. */
  | "substitution";
