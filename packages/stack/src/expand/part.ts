import type { ChartRelease, Diagnostic, KubeObject, Path, VirtualEndpoint } from "@idstack/manifests";
import type { Intent } from "@idstack/policy";

/** Something made from a setting of the declaration, so that what is wrong with it can be told there. */
export interface Sourced<T> {
  readonly value: T;
  /** The setting: `["services", "web", "calls", 0]`. */
  readonly source: Path;
}

/** What one concern of a declaration contributes to the tree. */
export interface Part {
  readonly objects: readonly Sourced<KubeObject>[];
  /** Who may reach whom; compiled to network policies once, for the whole stack. */
  readonly intents: readonly Sourced<Intent>[];
  readonly charts: readonly Sourced<ChartRelease>[];
  /** Pods that charts and operators will create. */
  readonly endpoints: readonly Sourced<VirtualEndpoint>[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a part is made from: plain values, all from one setting. */
export interface Contribution {
  readonly objects?: readonly KubeObject[];
  readonly intents?: readonly Intent[];
  readonly charts?: readonly ChartRelease[];
  readonly endpoints?: readonly VirtualEndpoint[];
  readonly diagnostics?: readonly Diagnostic[];
}

/** The contribution of one setting. */
export function part(source: Path, contribution: Contribution): Part {
  const sourced = <T>(values: readonly T[] = []) => values.map((value): Sourced<T> => ({ value, source }));
  return {
    objects: sourced(contribution.objects),
    intents: sourced(contribution.intents),
    charts: sourced(contribution.charts),
    endpoints: sourced(contribution.endpoints),
    diagnostics: contribution.diagnostics ?? [],
  };
}

/** All contributions, in order. */
export function merge(parts: readonly Part[]): Part {
  return {
    objects: parts.flatMap((each) => each.objects),
    intents: parts.flatMap((each) => each.intents),
    charts: parts.flatMap((each) => each.charts),
    endpoints: parts.flatMap((each) => each.endpoints),
    diagnostics: parts.flatMap((each) => each.diagnostics),
  };
}
