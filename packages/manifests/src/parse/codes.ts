/** Every code that {@link parseManifests} and {@link readTree} report. */
export type ParseCode =
  /** The text is no YAML. */
  | "yaml-syntax"
  /** A mapping has a key twice; the last one counts, and the API server's strict decoding refuses it. */
  | "yaml-duplicate-key"
  /** A key is no string: Kubernetes reads another key than the one written, or none. */
  | "yaml-key"
  /** Aliases that expand without end. */
  | "yaml-alias"
  /** A template (Helm, Jinja, `${VAR}`) that is YAML only after rendering: nothing in it is checked. */
  | "template"
  /** SOPS encrypted the whole document, `kind` included: nothing in it can be checked. */
  | "sops-file"
  /** It looks like a Kubernetes object but lacks `apiVersion` or `kind`, or they are no strings. */
  | "object-head"
  /** An item of a List is no object. */
  | "list-item"
  /** A file or link that was not read: it leads out of the tree, or is no text. */
  | "unreadable-file";
