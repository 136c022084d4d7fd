import type { ChartOutput, VirtualEndpoint } from "@idstack/manifests";
import type { CnpgOperatorChartOptions } from "./cnpg-operator-chart.ts";

/** Chart that labels and ports are written for; pass `version` to install another. */
export const BARMAN_CLOUD_PLUGIN_CHART = {
  repo: "https://cloudnative-pg.github.io/charts",
  chart: "plugin-barman-cloud",
  version: "0.3.1",
} as const;

/**
 * The barman-cloud plugin as a Helm release: without it an ObjectStore is stored and nothing is ever archived.
 *
 * It has to run in the operator's namespace, and it needs cert-manager for the certificates of its gRPC service.
 *
 * @example
 * ```ts
 * import { barmanCloudPluginChart } from "@idstack/backup";
 * const { chart } = barmanCloudPluginChart();
 * console.log(chart.chart, chart.namespace); // plugin-barman-cloud cnpg-system
 * ```
 */
export function barmanCloudPluginChart(options: CnpgOperatorChartOptions = {}): ChartOutput {
  const { repo, chart } = BARMAN_CLOUD_PLUGIN_CHART;
  const { version = BARMAN_CLOUD_PLUGIN_CHART.version, namespace = "cnpg-system", releaseName = chart } = options;
  const plugin: VirtualEndpoint = {
    namespace,
    name: releaseName,
    labels: { "app.kubernetes.io/name": chart, "app.kubernetes.io/instance": releaseName },
    ports: [{ name: "grpc", port: 9090, protocol: "TCP" }],
    source: `${chart} chart ${version}`,
  };
  return {
    chart: { repo, chart, version, releaseName, namespace, values: { ...options.values } },
    objects: [],
    endpoints: [plugin],
  };
}
