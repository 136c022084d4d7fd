// Declaring.
export { type BitwardenOptions, bitwarden, type SecretRef, secret } from "@idstack/external-secrets";
export type { AuthentikInput, CertManagerInput, PlatformInput } from "./declaration/platform-input.ts";
export type { BackupsInput, MissingSecretStore, SecretStoreInput, SopsInput } from "./declaration/secret-input.ts";
export type { CallInput, DatabaseInput, ExposeInput, ServiceInput } from "./declaration/service-input.ts";
export type { ClusterInput, GitOpsInput, NamespaceInput, StackDeclaration } from "./declaration/stack-declaration.ts";
export { checkDeclaration, defineStack } from "./define-stack.ts";
export { type StackDiagnosticCode, StackError, type StackErrorCode } from "./errors.ts";
export type { Stack } from "./stack.ts";

// Expanding.

export type { EncryptedFile } from "./expand/encrypted-files.ts";
export { type Expansion, expand } from "./expand/expand.ts";
export { folders, type PlacedObject } from "./expand/placed.ts";

// Running and proving.

export { type Authorization, type AuthorizationTable, authorizationTable, serviceId } from "./authorization.ts";
export { claims, clusterFacts } from "./claims/claims.ts";
