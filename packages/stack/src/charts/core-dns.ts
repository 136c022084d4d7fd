import type { VirtualEndpoint } from "@idstack/manifests";

/** The cluster's own DNS: kubeadm, k3s, Talos and the managed distributions label it alike. */
export const coreDns: VirtualEndpoint = {
  namespace: "kube-system",
  name: "coredns",
  labels: { "k8s-app": "kube-dns" },
  serviceAccount: "coredns",
  ports: [
    { name: "dns", port: 53, protocol: "UDP" },
    { name: "dns-tcp", port: 53, protocol: "TCP" },
  ],
  source: "CoreDNS as kubeadm, k3s and Talos install it",
};
