import { expect, test } from "vitest";
import { barmanCloudPluginChart, cnpgOperatorChart } from "../../src/index.ts";

test("the operator is an endpoint in its namespace", () => {
  const { chart, endpoints } = cnpgOperatorChart({ version: "0.99.0", values: { replicaCount: 2 } });
  expect(chart).toEqual({
    repo: "https://cloudnative-pg.github.io/charts",
    chart: "cloudnative-pg",
    version: "0.99.0",
    releaseName: "cloudnative-pg",
    namespace: "cnpg-system",
    values: { replicaCount: 2 },
  });
  expect(endpoints).toMatchObject([
    {
      namespace: "cnpg-system",
      name: "cloudnative-pg",
      serviceAccount: "cloudnative-pg",
      labels: { "app.kubernetes.io/name": "cloudnative-pg" },
      source: "cloudnative-pg chart 0.99.0",
    },
  ]);
});

test("another release name changes labels and service account as the chart does", () => {
  const { endpoints } = cnpgOperatorChart({ releaseName: "pg" });
  expect(endpoints[0]).toMatchObject({
    serviceAccount: "pg-cloudnative-pg",
    labels: { "app.kubernetes.io/instance": "pg", "app.kubernetes.io/name": "cloudnative-pg" },
  });
});

test("the plugin runs beside the operator", () => {
  const plugin = barmanCloudPluginChart();
  expect(plugin.chart.namespace).toBe(cnpgOperatorChart().chart.namespace);
  expect(plugin.endpoints[0]?.ports).toMatchObject([{ port: 9090 }]);
});
