import type { ChartOutput } from "@idstack/manifests";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { apiServerAddress } from "../expand/connect.ts";

/** Chart that the values and labels below were read from. */
const chart = { repo: "https://helm.cilium.io/", chart: "cilium", version: "1.20.0" } as const;

/** Cilium as CNI without kube-proxy: WireGuard between nodes unless told otherwise, Hubble to see what is dropped. */
export function ciliumChart(stack: StackDeclaration): ChartOutput {
  const { host, port } = apiServerAddress(stack);
  const encrypted = stack.platform?.cilium?.encryption !== "none";
  return {
    chart: {
      ...chart,
      releaseName: "cilium",
      namespace: "kube-system",
      values: {
        cluster: { name: stack.cluster.name },
        kubeProxyReplacement: true,
        k8sServiceHost: host,
        k8sServicePort: port,
        ...podAddresses(stack.cluster.podCidr),
        ...(encrypted ? { encryption: { enabled: true, type: "wireguard" } } : {}),
        policyEnforcementMode: "default",
        l7Proxy: true,
        hubble: { enabled: true, relay: { enabled: true } },
        operator: { replicas: 1 },
      },
    },
    objects: [],
    endpoints: [
      {
        namespace: "kube-system",
        name: "cilium",
        labels: {
          "k8s-app": "cilium",
          "app.kubernetes.io/name": "cilium-agent",
          "app.kubernetes.io/part-of": "cilium",
        },
        serviceAccount: "cilium",
        ports: [],
        hostNetwork: true,
        source: `cilium chart ${chart.version}`,
      },
      {
        namespace: "kube-system",
        name: "hubble-relay",
        labels: {
          "k8s-app": "hubble-relay",
          "app.kubernetes.io/name": "hubble-relay",
          "app.kubernetes.io/part-of": "cilium",
        },
        serviceAccount: "hubble-relay",
        ports: [{ name: "grpc", port: 4245, protocol: "TCP" }],
        source: `cilium chart ${chart.version}`,
      },
    ],
  };
}

/** One family of addresses: that of the pods. */
function podAddresses(podCidr: string): Record<string, unknown> {
  if (!podCidr.includes(":")) return { ipam: { operator: { clusterPoolIPv4PodCIDRList: [podCidr] } } };
  return {
    ipv4: { enabled: false },
    ipv6: { enabled: true },
    ipam: { operator: { clusterPoolIPv6PodCIDRList: [podCidr] } },
  };
}
