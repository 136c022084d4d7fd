import type { ChartOutput, VirtualEndpoint } from "@idstack/manifests";

/** Chart that names, labels and ports are written for; pass `version` to install another. */
export const CNPG_OPERATOR_CHART = {
  repo: "https://cloudnative-pg.github.io/charts",
  chart: "cloudnative-pg",
  version: "0.27.0",
} as const;

/** Options of {@link cnpgOperatorChart}. */
export interface CnpgOperatorChartOptions {
  readonly version?: string | undefined;
  /** `cloudnative-pg` by default; the ServiceAccount takes this name. */
  readonly releaseName?: string | undefined;
  /** `cnpg-system` by default. */
  readonly namespace?: string | undefined;
  /** Chart values, merged last (top level). */
  readonly values?: Record<string, unknown> | undefined;
}

/**
 * The CloudNativePG operator as a Helm release, with the pod it creates.
 *
 * @example
 * ```ts
 * import { cnpgOperatorChart } from "@idstack/backup";
 * const { chart, endpoints } = cnpgOperatorChart();
 * console.log(chart.namespace, endpoints[0]?.labels["app.kubernetes.io/name"]); // cnpg-system cloudnative-pg
 * ```
 */
export function cnpgOperatorChart(options: CnpgOperatorChartOptions = {}): ChartOutput {
  const { repo, chart } = CNPG_OPERATOR_CHART;
  const { version = CNPG_OPERATOR_CHART.version, namespace = "cnpg-system", releaseName = chart } = options;
  const operator: VirtualEndpoint = {
    namespace,
    name: releaseName,
    labels: { "app.kubernetes.io/name": "cloudnative-pg", "app.kubernetes.io/instance": releaseName },
    // Helm's usual rule: release and chart name are joined unless the release name already holds it.
    serviceAccount: releaseName.includes(chart) ? releaseName : `${releaseName}-${chart}`,
    ports: [
      { name: "webhook-server", port: 9443, protocol: "TCP" },
      { name: "metrics", port: 8080, protocol: "TCP" },
    ],
    source: `${chart} chart ${version}`,
  };
  return {
    chart: { repo, chart, version, releaseName, namespace, values: { ...options.values } },
    objects: [],
    endpoints: [operator],
  };
}
