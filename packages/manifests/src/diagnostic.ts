/** How bad a finding is: an error fails the command, a warning fails only under a strict option, info never does. */
export type Severity = "error" | "warning" | "info";

/** Keys and indices from the root of a document, for example `["spec", "ingress", 0]`. */
export type Path = readonly (string | number)[];

/**
 * One finding about a document. Checks collect these; only the outermost call throws.
 *
 * `line` and `column` are 1-based. `path` is written as people read it: `spec.ingress[0].fromEndpoints`.
 * A package that reports a closed set of codes narrows the parameter: `Diagnostic<SchemaCode>`.
 */
export interface Diagnostic<Code extends string = string> {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly path?: string | undefined;
  /** What to do about it, in one sentence. */
  readonly help?: string | undefined;
}

/** A place in a text file; both numbers start at 1, columns count UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
