import type { KubeObject } from "./kube-object.ts";
import { groupOf } from "./object-ref.ts";

/** The steps, first to last. An entry is a kind, `group/Kind`, or `group/*` for every other kind of a group. */
const steps: readonly (readonly string[])[] = [
  ["Namespace"],
  ["CustomResourceDefinition"],
  ["PriorityClass", "RuntimeClass", "StorageClass", "VolumeSnapshotClass", "IngressClass", "GatewayClass"],
  ["ResourceQuota", "LimitRange"],
  ["ServiceAccount"],
  ["ClusterRole", "Role"],
  ["ClusterRoleBinding", "RoleBinding"],
  ["ConfigMap", "Secret", "isindir.github.com/SopsSecret"],
  ["PersistentVolume"],
  ["PersistentVolumeClaim"],
  [
    "networking.k8s.io/NetworkPolicy",
    "policy.networking.k8s.io/*",
    "CiliumCIDRGroup",
    "CiliumNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "TracingPolicy",
    "TracingPolicyNamespaced",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "PodDisruptionBudget",
  ],
  ["Service", "Endpoints", "EndpointSlice"],
  ["apps/*", "batch/*", "Pod", "ReplicationController"],
  ["HorizontalPodAutoscaler", "Ingress"],
  ["APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
  ["argoproj.io/AppProject", "source.toolkit.fluxcd.io/*"],
  ["argoproj.io/*", "helm.toolkit.fluxcd.io/*", "kustomize.toolkit.fluxcd.io/*"],
  [
    "Issuer",
    "ClusterIssuer",
    "SecretStore",
    "ClusterSecretStore",
    "ObjectStore",
    "BackupStorageLocation",
    "VolumeSnapshotLocation",
    "Gateway",
  ],
];

const last = steps.length;
const ranks = new Map(steps.flatMap((names, rank) => names.map((name) => [name, rank] as const)));

/**
 * Objects in an order in which they can be applied one after the other. Objects of one step keep the order they have.
 *
 * 1. namespaces; 2. custom resource definitions; 3. classes (storage, priority, ingress …); 4. quotas and limits;
 * 5. service accounts; 6. roles; 7. role bindings; 8. ConfigMaps and Secrets; 9. volumes, then claims;
 * 10. network, runtime and admission policies, so that no workload runs without them; 11. services; 12. workloads;
 * 13. autoscalers and Ingresses; 14. webhooks and API services, which need their workload;
 * 15. Argo CD projects and Flux sources; 16. Applications, HelmReleases and Kustomizations, which bring operators;
 * 17. issuers, secret stores, backup locations and Gateways; 18. all other custom resources.
 *
 * @example
 * ```ts
 * import { applyOrder } from "@idstack/manifests";
 * const objects = ["Deployment", "Namespace"].map((kind) => ({ apiVersion: kind === "Namespace" ? "v1" : "apps/v1", kind }));
 * console.log(applyOrder(objects).map(({ kind }) => kind)); // [ 'Namespace', 'Deployment' ]
 * ```
 */
export function applyOrder<T extends KubeObject>(objects: readonly T[]): T[] {
  return objects.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ apiVersion, kind }: KubeObject): number {
  const group = groupOf(apiVersion);
  return ranks.get(`${group}/${kind}`) ?? ranks.get(kind) ?? ranks.get(`${group}/*`) ?? last;
}
