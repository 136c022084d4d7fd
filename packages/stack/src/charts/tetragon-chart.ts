import type { ChartOutput } from "@idstack/manifests";

/** Chart that the values and labels below are written for. */
const chart = { repo: "https://helm.cilium.io/", chart: "tetragon", version: "1.7.0" } as const;

/** Tetragon with the policy filter that namespaced policies and pod selectors need. */
export function tetragonChart(): ChartOutput {
  return {
    chart: {
      ...chart,
      releaseName: "tetragon",
      namespace: "kube-system",
      values: { tetragon: { enablePolicyFilter: true } },
    },
    objects: [],
    endpoints: [
      {
        namespace: "kube-system",
        name: "tetragon",
        labels: { "app.kubernetes.io/name": "tetragon", "app.kubernetes.io/instance": "tetragon" },
        serviceAccount: "tetragon",
        ports: [],
        hostNetwork: true,
        source: `tetragon chart ${chart.version}`,
      },
      {
        namespace: "kube-system",
        name: "tetragon-operator",
        labels: { "app.kubernetes.io/name": "tetragon-operator", "app.kubernetes.io/instance": "tetragon" },
        serviceAccount: "tetragon-operator-service-account",
        ports: [{ name: "metrics", port: 2113, protocol: "TCP" }],
        source: `tetragon chart ${chart.version}`,
      },
    ],
  };
}
