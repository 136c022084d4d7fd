/** How bad a finding is: an error fails a guard, a warning fails only a strict one, info never does. */
export type Severity = "error" | "warning" | "info";

/**
 * One finding about a document; the same shape as `Diagnostic` of `@idstack/manifests`, declared here so that this
 * package stays free of Kubernetes code. `line` and `column` are 1-based.
 */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** As people read it: `stringData.token`, `spec.ports[0]`. */
  readonly path?: string | undefined;
  /** What to do about it, in one sentence. */
  readonly help?: string | undefined;
}
