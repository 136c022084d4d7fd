/** How bad a finding is: an error fails the command, a warning fails only under a strict option, info never does. */
export type Severity = "error" | "warning" | "info";

/** Keys and indices from the root of a document, for example `["spec", "ingress", 0]`. */
export type Path = readonly (string | number)[];

/**
 * One finding about a document. Checks collect these; only the outermost call throws.
 *
 * `line` and `column` are 1-based. `path` is written as people read it: `spec.ingress[0].fromEndpoints`.
 */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly path?: string | undefined;
  /** What to do about it, in one sentence. */
  readonly help?: string | undefined;
}
