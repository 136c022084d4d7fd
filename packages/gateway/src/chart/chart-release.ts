import type { KubeObject, VirtualEndpoint } from "@idstack/manifests";

/** One Helm release: where the chart is, which version, and the values it gets. */
export interface ChartRelease {
  /** Repository URL, `https://traefik.github.io/charts`. */
  readonly repo: string;
  readonly chart: string;
  /** Exact chart version; never a range. */
  readonly version: string;
  readonly releaseName: string;
  readonly namespace: string;
  readonly values: Record<string, unknown>;
}

/** What a chart builder returns: the release, objects that go beside it, and the pods it will create. */
export interface ChartOutput {
  readonly chart: ChartRelease;
  readonly objects: KubeObject[];
  readonly endpoints: VirtualEndpoint[];
}
