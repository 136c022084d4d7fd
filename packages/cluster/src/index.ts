export type { NamespacedOptions, ObjectOptions } from "@idstack/manifests";
export { type DeploymentOptions, deployment } from "./deployment.ts";
export { checkImage, type ImageRef, parseImage } from "./image.ts";
export { type NamespaceOptions, namespace, type PodSecurity } from "./namespace.ts";
export { type Environment, type EnvValue, environment } from "./pod/environment.ts";
export type { ProbeOption } from "./pod/probe.ts";
export { type RestrictedPodOptions, restrictedContainer, restrictedPod } from "./pod/restricted-pod.ts";
export { type SpiffeVolumeOptions, spiffeVolume } from "./pod/spiffe-volume.ts";
export { type ClusterRoleOptions, clusterRole } from "./rbac/cluster-role.ts";
export {
  CLUSTER_ADMIN_REASON,
  type ClusterRoleBindingOptions,
  clusterRoleBinding,
} from "./rbac/cluster-role-binding.ts";
export { type RoleOptions, role } from "./rbac/role.ts";
export { type RoleBindingOptions, roleBinding } from "./rbac/role-binding.ts";
export { type RulesOptions, WILDCARD_REASON } from "./rbac/rules.ts";
export type { SubjectRef } from "./rbac/subjects.ts";
export { type ServiceOptions, service } from "./service.ts";
export { type ServiceAccountOptions, serviceAccount } from "./service-account.ts";
