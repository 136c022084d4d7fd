import { groupOf, type KubeObject } from "@idstack/manifests";

/** Cluster-wide kinds that the charts create; a project permits nothing it does not list. */
const chartKinds = [
  "Namespace",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "cert-manager.io/ClusterIssuer",
  "cilium.io/CiliumClusterwideNetworkPolicy",
  "cilium.io/TracingPolicy",
  "external-secrets.io/ClusterSecretStore",
  "gateway.networking.k8s.io/GatewayClass",
  "networking.k8s.io/IngressClass",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "spire.spiffe.io/ClusterSPIFFEID",
  "storage.k8s.io/CSIDriver",
] as const;

/** Cluster-wide kinds that the project of the platform has to permit: those of charts, and of the objects it delivers. */
export function clusterKinds(delivered: readonly KubeObject[]): string[] {
  const kinds = delivered
    .filter(({ metadata }) => metadata?.namespace === undefined)
    .map(({ apiVersion, kind }) => [groupOf(apiVersion), kind].filter((each) => each !== "").join("/"));
  return [...new Set([...chartKinds, ...kinds])].sort();
}
