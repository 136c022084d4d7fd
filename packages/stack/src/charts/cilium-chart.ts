import type { ChartOutput, VirtualEndpoint } from "@idstack/manifests";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { apiServerAddress } from "../expand/connect.ts";

/** Chart that the values and labels below are written for. */
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
        // Certificates made while rendering would differ each time, and self-healing would apply them for ever.
        hubble: { enabled: true, relay: { enabled: true }, tls: { auto: { method: "cronJob" } } },
        operator: { replicas: 1 },
      },
    },
    objects: [],
    endpoints: [
      onHost("cilium", { "k8s-app": "cilium", "app.kubernetes.io/name": "cilium-agent" }),
      onHost("cilium-envoy", { "k8s-app": "cilium-envoy", "app.kubernetes.io/name": "cilium-envoy" }),
      onHost("cilium-operator", { "io.cilium/app": "operator", "app.kubernetes.io/name": "cilium-operator" }),
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

function onHost(name: string, labels: Record<string, string>): VirtualEndpoint {
  return {
    namespace: "kube-system",
    name,
    labels: { ...labels, "app.kubernetes.io/part-of": "cilium" },
    serviceAccount: name,
    ports: [],
    hostNetwork: true,
    source: `cilium chart ${chart.version}`,
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
