import type { Check } from "../check.ts";
import { databaseWithoutBackup } from "./backup/database-without-backup.ts";
import { scheduledBackupCron } from "./backup/scheduled-backup-cron.ts";
import { docsClaimEnforcement } from "./docs/docs-claim-enforcement.ts";
import { docsClaimProjectIsolation } from "./docs/docs-claim-project-isolation.ts";
import { docsClaimPruneOff } from "./docs/docs-claim-prune-off.ts";
import { argoDefaultProject } from "./gitops/argo-default-project.ts";
import { argoPrune } from "./gitops/argo-prune.ts";
import { argoPruneSelfHeal } from "./gitops/argo-prune-self-heal.ts";
import { spiffeSocketHostPath } from "./identity/spiffe-socket-host-path.ts";
import { spireRemovedSetting } from "./identity/spire-removed-setting.ts";
import { ciliumPolicyDeniesEverything } from "./network/cilium-policy-denies-everything.ts";
import { defaultDenyWithoutApiServer } from "./network/default-deny-without-api-server.ts";
import { defaultDenyWithoutDatabase } from "./network/default-deny-without-database.ts";
import { defaultDenyWithoutDns } from "./network/default-deny-without-dns.ts";
import { httpRuleBlocksLogin } from "./network/http-rule-blocks-login.ts";
import { networkPolicyAllowsEverything } from "./network/network-policy-allows-everything.ts";
import { policySelectsNothing } from "./network/policy-selects-nothing.ts";
import { tracingPolicyCatchAll } from "./runtime/tracing-policy-catch-all.ts";
import { tracingPolicyHitsHost } from "./runtime/tracing-policy-hits-host.ts";
import { tracingPolicyKillTooLate } from "./runtime/tracing-policy-kill-too-late.ts";
import { tracingPolicyKubernetesNamespace } from "./runtime/tracing-policy-kubernetes-namespace.ts";
import { tracingPolicyMisplacedAction } from "./runtime/tracing-policy-misplaced-action.ts";
import { tracingPolicyNotLoaded } from "./runtime/tracing-policy-not-loaded.ts";
import { tracingPolicyReportsOnly } from "./runtime/tracing-policy-reports-only.ts";
import { tracingPolicyUndeclaredArgument } from "./runtime/tracing-policy-undeclared-argument.ts";
import { schemaInvalidMetadata } from "./schema/schema-invalid-metadata.ts";
import { schemaInvalidValue } from "./schema/schema-invalid-value.ts";
import { schemaMissingField } from "./schema/schema-missing-field.ts";
import { schemaNotChecked } from "./schema/schema-not-checked.ts";
import { schemaUnknownField } from "./schema/schema-unknown-field.ts";
import { schemaUnknownKind } from "./schema/schema-unknown-kind.ts";
import { schemaUnservedVersion } from "./schema/schema-unserved-version.ts";
import { unreadableDocument } from "./schema/unreadable-document.ts";
import { externalSecretsProvider } from "./secrets/external-secrets-provider.ts";
import { externalSecretsVersion } from "./secrets/external-secrets-version.ts";
import { privateKeyInTree } from "./secrets/private-key-in-tree.ts";
import { secretPlainText } from "./secrets/secret-plain-text.ts";
import { sopsBrokenFile } from "./secrets/sops-broken-file.ts";
import { sopsConfig } from "./secrets/sops-config.ts";
import { sopsNotEncrypted } from "./secrets/sops-not-encrypted.ts";
import { sopsPlaceholderRecipient } from "./secrets/sops-placeholder-recipient.ts";
import { suppressionWithoutReason } from "./suppression-without-reason.ts";
import { imageTag } from "./workload/image-tag.ts";
import { namespacePodSecurity } from "./workload/namespace-pod-security.ts";
import { securityContext } from "./workload/security-context.ts";

/**
 * Every built-in check, in the order of the documentation.
 *
 * @example
 * ```ts
 * import { checks } from "@idstack/audit";
 * console.log(checks.find(({ id }) => id === "image-tag")?.rationale);
 * ```
 */
export const checks: readonly Check[] = [
  tracingPolicyMisplacedAction,
  tracingPolicyUndeclaredArgument,
  tracingPolicyKubernetesNamespace,
  tracingPolicyReportsOnly,
  tracingPolicyHitsHost,
  tracingPolicyKillTooLate,
  tracingPolicyNotLoaded,
  tracingPolicyCatchAll,
  policySelectsNothing,
  httpRuleBlocksLogin,
  defaultDenyWithoutDns,
  defaultDenyWithoutDatabase,
  defaultDenyWithoutApiServer,
  networkPolicyAllowsEverything,
  ciliumPolicyDeniesEverything,
  spireRemovedSetting,
  spiffeSocketHostPath,
  imageTag,
  securityContext,
  namespacePodSecurity,
  externalSecretsVersion,
  externalSecretsProvider,
  secretPlainText,
  sopsPlaceholderRecipient,
  sopsConfig,
  sopsNotEncrypted,
  sopsBrokenFile,
  privateKeyInTree,
  argoDefaultProject,
  argoPrune,
  argoPruneSelfHeal,
  databaseWithoutBackup,
  scheduledBackupCron,
  docsClaimPruneOff,
  docsClaimProjectIsolation,
  docsClaimEnforcement,
  unreadableDocument,
  schemaUnknownField,
  schemaUnservedVersion,
  schemaUnknownKind,
  schemaMissingField,
  schemaInvalidValue,
  schemaInvalidMetadata,
  schemaNotChecked,
  suppressionWithoutReason,
];
