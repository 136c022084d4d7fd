import type { KubeObject } from "../kube-object.ts";
import type { VirtualEndpoint } from "../virtual-endpoint.ts";

/**
 * One Helm release: where the chart is, which version, and the values it gets.
 *
 * Plain data, for whatever installs charts: `helmApplication` of `@idstack/gitops` makes an Argo CD Application of one.
 */
export interface ChartRelease {
  /** Repository URL, `https://charts.jetstack.io`. */
  readonly repo: string;
  readonly chart: string;
  /** Exact chart version; never a range. */
  readonly version: string;
  readonly releaseName: string;
  readonly namespace: string;
  readonly values: Record<string, unknown>;
}

/** What the builder of a chart returns: the release, objects that go beside it, and the pods it will create. */
export interface ChartOutput {
  readonly chart: ChartRelease;
  readonly objects: KubeObject[];
  readonly endpoints: VirtualEndpoint[];
}
