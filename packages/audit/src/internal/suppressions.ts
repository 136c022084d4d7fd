import type { ManifestDocument } from "@idstack/manifests";

const prefix = "idstack.dev/ignore-";

/** An annotation that silences a check for one object. */
export interface Suppression {
  readonly check: string;
  /** Trimmed; `""` if none is given. */
  readonly reason: string;
  readonly annotation: string;
}

/** The annotations `idstack.dev/ignore-<check>` of an object. */
export function suppressionsOf({ object }: ManifestDocument): Suppression[] {
  return Object.entries(object.metadata?.annotations ?? {})
    .filter(([annotation]) => annotation.startsWith(prefix))
    .map(([annotation, reason]) => ({
      annotation,
      check: annotation.slice(prefix.length),
      reason: typeof reason === "string" ? reason.trim() : "",
    }));
}
