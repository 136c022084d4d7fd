export { type AgeIdentity, formatIdentityFile, generateIdentity } from "./age/generate-identity.ts";
export { type KeyRing, openKeyRing } from "./age/key-ring.ts";
export { defaultKeysFile, type KeySourceOptions } from "./age/key-sources.ts";
export { recipientProblem } from "./age/recipients.ts";
export { shellWords } from "./age/shell-words.ts";
export { compareRules, type RuleChoice, type RuleComparison } from "./config/compare-rules.ts";
export type { CreationRule, SopsConfig } from "./config/creation-rule.ts";
export type { DestinationRule } from "./config/destination-rule.ts";
export { findSopsConfig } from "./config/find-sops-config.ts";
export { type Convention, type ConventionRule, generateSopsConfig } from "./config/generate-sops-config.ts";
export { type LintOptions, lintSopsConfig } from "./config/lint-sops-config.ts";
export { parseSopsConfig } from "./config/parse-sops-config.ts";
export { findRule, ruleFor } from "./config/rule-for.ts";
export type { SopsMapping, SopsValue } from "./data.ts";
export { type Decrypted, type DecryptOptions, decrypt } from "./decrypt.ts";
export { decryptFile } from "./decrypt-file.ts";
export type { Diagnostic, Severity } from "./diagnostic.ts";
export { type EditableDocument, type EditCallback, type EditOptions, edit } from "./edit.ts";
export { editFile } from "./edit-file.ts";
export { type EncryptOptions, encrypt, type Plaintext } from "./encrypt.ts";
export { type EncryptFileOptions, encryptFile } from "./encrypt-file.ts";
export { encryptIfChanged } from "./encrypt-if-changed.ts";
export { SopsError, type SopsErrorCode, type SopsErrorDetails, type TriedSource } from "./errors.ts";
export { type FindOptions, findSops } from "./exec/find-sops.ts";
export { knownBugs } from "./exec/known-bugs.ts";
export {
  type ExecEncryptOptions,
  type ExecKeyOptions,
  type OpenOptions,
  openSops,
  type SopsProgram,
} from "./exec/open-sops.ts";
export { extract } from "./extract.ts";
export { type FileStatus, fileStatus } from "./file-status.ts";
export { type GuardFilesOptions, guardFiles } from "./guard/guard-files.ts";
export type { GuardReport } from "./guard/guard-report.ts";
export { type GuardStagedOptions, guardStaged } from "./guard/guard-staged.ts";
export { type GuardedFile, type GuardOptions, guardTree } from "./guard/guard-tree.ts";
export type { KeyPath } from "./internal/edit-tree.ts";
export { isEncrypted } from "./is-encrypted.ts";
export type { KeyGroupOptions } from "./keys/key-groups.ts";
export type { MasterKey } from "./keys/master-key.ts";
export type { NamedKey } from "./keys/named-key.ts";
export { type VaultOptions, vaultTransit } from "./keys/vault-transit.ts";
export { loadSecrets } from "./load/load-secrets.ts";
export { parseSecrets } from "./load/parse-secrets.ts";
export { Secret } from "./load/secret.ts";
export type { Secrets } from "./load/secrets.ts";
export type { SchemaOutput, StandardIssue, StandardResult, StandardSchema } from "./load/standard-schema.ts";
export type { ConflictReason, MergeConflict, Side as MergeSide } from "./merge/conflict.ts";
export { editMerge } from "./merge/edit-merge.ts";
export { type Merged, type MergeOptions, type MergeVersions, mergeEncrypted } from "./merge/merge.ts";
export {
  type Choice,
  type Choose,
  isUnresolved,
  type ResolveOptions,
  resolveMerge,
  type UnresolvedConflict,
} from "./merge/resolve.ts";
export type { AgeKey, KeyGroup, OtherKey, SopsMetadata } from "./metadata.ts";
export { type OpenText, openText } from "./open-text.ts";
export { type PrintOptions, printDecrypted } from "./print-decrypted.ts";
export { readMetadata } from "./read-metadata.ts";
export { addRecipient, type RecipientsChanged, removeRecipient } from "./recipients/change-recipients.ts";
export { type LostKeyDrill, lostKeyDrill } from "./recipients/lost-key-drill.ts";
export {
  type ApplyOptions,
  type PlannedUpdate,
  type PlanOptions,
  planUpdateKeys,
  type UpdatePlan,
} from "./recipients/plan-update-keys.ts";
export type { RecipientChange, RecipientOptions } from "./recipients/recipient-change.ts";
export { type KeyReport, type ReportedFile, type ReportOptions, reportKeys } from "./recipients/report-keys.ts";
export { rotate, rotateFile } from "./recipients/rotate.ts";
export { updateKeys } from "./recipients/update-keys.ts";
export { type ReformatOptions, reformat } from "./reformat.ts";
export { type ReplaceOptions, replaceFile } from "./replace-file.ts";
export { type ExecOptions, execWithSecrets } from "./run/exec-with-secrets.ts";
export { type HeldSignals, holdSignals } from "./run/hold-signals.ts";
export { type RunOptions, runCommand } from "./run/run-command.ts";
export { type SecretFile, type SecretFileOptions, writeSecretFile } from "./run/secret-file.ts";
export type { Selection } from "./selection.ts";
export { set } from "./set.ts";
export { setJson } from "./set-json.ts";
export type { SopsEmit } from "./stores/emit-as-sops.ts";
export type { SopsFormat } from "./stores/format.ts";
export { type TextconvOptions, textconv } from "./textconv/textconv.ts";
export { unset } from "./unset.ts";
export { type WriteOptions, writeEncrypted } from "./write-encrypted.ts";
