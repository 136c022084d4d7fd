import type { ChartRelease } from "@idstack/backup";
import type { Diagnostic, KubeObject, VirtualEndpoint } from "@idstack/manifests";
import type { Intent } from "@idstack/policy";

/** What one concern of a declaration contributes to the tree. */
export interface Part {
  readonly objects: readonly KubeObject[];
  /** Who may reach whom; compiled to network policies once, for the whole stack. */
  readonly intents: readonly Intent[];
  /** Pods that charts and operators will create. */
  readonly endpoints: readonly VirtualEndpoint[];
  readonly charts: readonly ChartRelease[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A part of which only some fields are filled. */
export function part(contribution: Partial<Part>): Part {
  return { objects: [], intents: [], endpoints: [], charts: [], diagnostics: [], ...contribution };
}

/** All contributions, in order. */
export function merge(parts: readonly Part[]): Part {
  return {
    objects: parts.flatMap((each) => each.objects),
    intents: parts.flatMap((each) => each.intents),
    endpoints: parts.flatMap((each) => each.endpoints),
    charts: parts.flatMap((each) => each.charts),
    diagnostics: parts.flatMap((each) => each.diagnostics),
  };
}
