export type { ChartOutput, ChartRelease } from "@idstack/manifests";
export { type AppOfAppsOptions, type AppOfAppsOutput, appOfApps } from "./argo/app-of-apps.ts";
export { type AppProjectOptions, appProject, type GroupKind, type ProjectDestination } from "./argo/app-project.ts";
export { type ApplicationOptions, application, type DirectorySource, type SyncOptions } from "./argo/application.ts";
export { ARGO_CD_CHART, type ArgoCdChartOptions, argoCdChart } from "./argo/argo-cd-chart.ts";
export { type HelmApplicationOptions, helmApplication } from "./argo/helm-application.ts";
export type { NameOptions } from "./internal/metadata.ts";
export { checkDecryption, type DecryptionOptions, type DecryptionTree } from "./sops/check-decryption.ts";
export { DECRYPTOR_ANNOTATION, type Decryptor, type DecryptorKind, decryptionOf } from "./sops/decryptor.ts";
export {
  type FluxAgeSecretOptions,
  type FluxDecryption,
  type FluxDecryptionOptions,
  type FluxKustomizationOptions,
  fluxAgeSecret,
  fluxDecryption,
  fluxKustomization,
} from "./sops/flux.ts";
export { type Download, type HelmSecretsDecryptor, type HelmSecretsOptions, helmSecrets } from "./sops/helm-secrets.ts";
export {
  KSOPS_VERSION,
  type KsopsDecryptor,
  type KsopsDirectoryOptions,
  type KsopsFile,
  type KsopsOptions,
  type KsopsSecretFrom,
  ksops,
  ksopsDirectory,
} from "./sops/ksops.ts";
export { type KsopsPatchesOptions, ksopsPatches } from "./sops/ksops-patches.ts";
export type { SopsRule } from "./sops/sops-rule.ts";
export {
  type SecretTemplate,
  SOPS_SECRET_ENCRYPTED_SUFFIX,
  type SopsSecretObject,
  type SopsSecretOptions,
  type SopsSecretsOperatorOptions,
  sopsSecret,
  sopsSecretsOperator,
} from "./sops/sops-secret.ts";
export { type TalhelperLayout, type TalhelperOptions, talhelper } from "./sops/talhelper.ts";
