import type { Diagnostic, ObjectRef, Severity } from "@idstack/manifests";

/** A {@link Diagnostic} of a check: `code` is the check's id, `object` the manifest it is about (absent for text files). */
export interface Finding extends Diagnostic {
  readonly object?: ObjectRef | undefined;
}

/** A finding that an annotation on its object silenced, with the reason given there. */
export interface SuppressedFinding extends Finding {
  readonly reason: string;
}

/** How many findings there are of each severity. */
export type SeverityCounts = Readonly<Record<Severity, number>>;
