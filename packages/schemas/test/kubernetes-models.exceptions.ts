/**
 * Where types of `kubernetes-models` and ours differ: reason → what the compiler says, and the assignments that fail
 * (`to`: ours to theirs; `from`: theirs to ours, as data and as class).
 */
export const exceptions: Readonly<Record<string, { message: RegExp; assignments: readonly string[] }>> = {
  "a field the server restricts to some values is a plain string in their types, which follow the Go source": {
    message: /^Type 'string' is not assignable to type '"/,
    assignments: [
      "argoproj.io/v1alpha1 ApplicationSet from",
      "cilium.io/v2 CiliumClusterwideEnvoyConfig from",
      "cilium.io/v2 CiliumClusterwideNetworkPolicy from",
      "cilium.io/v2 CiliumEgressGatewayPolicy from",
      "cilium.io/v2 CiliumEnvoyConfig from",
      "cilium.io/v2 CiliumLoadBalancerIPPool from",
      "cilium.io/v2 CiliumNetworkPolicy from",
      "cilium.io/v2alpha1 CiliumL2AnnouncementPolicy from",
      "cilium.io/v2alpha1 CiliumLoadBalancerIPPool from",
      "external-secrets.io/v1 ClusterSecretStore from",
      "external-secrets.io/v1 ExternalSecret from",
      "external-secrets.io/v1 SecretStore from",
      "gateway.networking.k8s.io/v1 BackendTLSPolicy from",
      "gateway.networking.k8s.io/v1 GRPCRoute from",
      "gateway.networking.k8s.io/v1 Gateway from",
      "gateway.networking.k8s.io/v1 GatewayClass from",
      "gateway.networking.k8s.io/v1 HTTPRoute from",
      "gateway.networking.k8s.io/v1 ListenerSet from",
      "gateway.networking.k8s.io/v1 TLSRoute from",
      "gateway.networking.k8s.io/v1beta1 Gateway from",
      "gateway.networking.k8s.io/v1beta1 GatewayClass from",
      "gateway.networking.k8s.io/v1beta1 HTTPRoute from",
      "gateway.networking.x-k8s.io/v1alpha1 XBackendTrafficPolicy from",
      "gateway.networking.x-k8s.io/v1alpha1 XMesh from",
      "postgresql.cnpg.io/v1 Backup from",
      "postgresql.cnpg.io/v1 Cluster from",
      "postgresql.cnpg.io/v1 Database from",
      "postgresql.cnpg.io/v1 Publication from",
      "postgresql.cnpg.io/v1 ScheduledBackup from",
      "postgresql.cnpg.io/v1 Subscription from",
      "traefik.io/v1alpha1 IngressRoute from",
      "traefik.io/v1alpha1 Middleware from",
      "traefik.io/v1alpha1 TraefikService from",
    ],
  },
  "a value the recorded version knows is missing in their older one": {
    message: /^Type '"\w+"' is not assignable to type/,
    assignments: [
      "cert-manager.io/v1 Certificate to",
      "external-secrets.io/v1 ClusterExternalSecret to",
      "external-secrets.io/v1 ClusterSecretStore to",
      "external-secrets.io/v1 ExternalSecret to",
      "external-secrets.io/v1 SecretStore to",
    ],
  },
  "a free-form field is unknown here and IJSON or the like there": {
    message: /^Type 'unknown' is not assignable to type 'IJSON/,
    assignments: [
      "acme.cert-manager.io/v1 Challenge to",
      "apiextensions.k8s.io/v1 CustomResourceDefinition to",
      "argoproj.io/v1alpha1 ApplicationSet to",
      "cert-manager.io/v1 ClusterIssuer to",
      "cert-manager.io/v1 Issuer to",
      "external-secrets.io/v1alpha1 PushSecret to",
      "traefik.io/v1alpha1 Middleware to",
    ],
  },
  "a plain string of the custom resource is restricted in their types, which reuse those of a Pod": {
    message: /^Type 'string' is not assignable to type '"/,
    assignments: [
      "postgresql.cnpg.io/v1 Cluster to",
      "postgresql.cnpg.io/v1 ClusterImageCatalog to",
      "postgresql.cnpg.io/v1 ImageCatalog to",
      "postgresql.cnpg.io/v1 Pooler to",
    ],
  },
  "an alternative of a CIDR rule is required in their types": {
    message: /"cidrGroupSelector"' is optional/,
    assignments: ["cilium.io/v2 CiliumClusterwideNetworkPolicy to", "cilium.io/v2 CiliumNetworkPolicy to"],
  },
  "spec is required by the server and optional in their types": {
    message: /Property 'spec' is optional in type 'IReferenceGrant'/,
    assignments: [
      "gateway.networking.k8s.io/v1 ReferenceGrant from",
      "gateway.networking.k8s.io/v1beta1 ReferenceGrant from",
    ],
  },
  "the server keeps no field of a claim template's metadata in a Pooler, their types allow all": {
    message: /in type 'IObjectMeta'/,
    assignments: ["postgresql.cnpg.io/v1 Pooler from"],
  },
};
