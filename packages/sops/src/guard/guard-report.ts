import type { Diagnostic } from "../diagnostic.ts";

/** What was judged, and what was found. */
export interface GuardReport {
  /** Number of files. */
  readonly checked: number;
  /** Their files are seen from the folder the guard was asked in. */
  readonly diagnostics: readonly Diagnostic[];
}
