/** Every code that {@link parseManifests} and {@link readTree} report. */
export type ParseCode =
  /** The text is no YAML, nests too deeply, or holds a number such as `.nan` that JSON does not have. */
  | "yaml-syntax"
  /** A mapping has a key twice; the last one counts, and the API server's strict decoding refuses it. */
  | "yaml-duplicate-key"
  /** A key is no string: Kubernetes reads another key than the one written, or none. */
  | "yaml-key"
  /** An alias that repeats nothing or what it is part of, or aliases that expand beyond measure. */
  | "yaml-alias"
  /** A template (Helm, Jinja, `${VAR}`) that is YAML only after rendering: nothing in it is checked. */
  | "template"
  /** SOPS encrypted the whole document, `kind` included: nothing in it can be checked. */
  | "sops-file"
  /** It looks like a Kubernetes object but lacks `apiVersion` or `kind`, or they are no strings. */
  | "object-head"
  /** An item of a List is no object. */
  | "list-item"
  /** A file, folder or link that was not read: it leads out of the tree, is no text, or may not be read. */
  | "unreadable-file";
