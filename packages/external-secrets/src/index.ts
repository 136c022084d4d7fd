export type { ChartOutput, ChartRelease, NamespacedOptions, ObjectOptions } from "@idstack/manifests";
export { BITWARDEN_DEFAULTS, type BitwardenOptions, type BitwardenStore, bitwarden, type KeyRef } from "./bitwarden.ts";
export { type BitwardenServerCertificateOptions, bitwardenServerCertificate } from "./bitwarden-server-certificate.ts";
export {
  EXTERNAL_SECRETS_CHART_VERSION,
  type ExternalSecretsChartOptions,
  externalSecretsChart,
} from "./chart/external-secrets-chart.ts";
export { type ClusterSecretStoreOptions, clusterSecretStore } from "./cluster-secret-store.ts";
export { type ExternalSecretOptions, externalSecret, type StoreRef } from "./external-secret.ts";
export { isSecretRef, type SecretRef, secret } from "./secret.ts";
export { type SecretStoreOptions, secretStore } from "./secret-store.ts";
