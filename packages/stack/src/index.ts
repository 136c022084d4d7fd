// Declaring.

export { type BitwardenOptions, bitwarden, type SecretRef, secret } from "@idstack/external-secrets";
// Expanding.
export { type Authorization, type AuthorizationTable, authorizationTable, serviceId } from "./authorization.ts";
export type {
  AuthentikInput,
  BackupsInput,
  CallInput,
  CertManagerInput,
  ClusterInput,
  DatabaseInput,
  ExposeInput,
  GitOpsInput,
  MissingSecretStore,
  NamespaceInput,
  PlatformInput,
  SecretStoreInput,
  ServiceInput,
  SopsInput,
  StackDeclaration,
} from "./declaration.ts";
export { checkDeclaration, defineStack, type Stack } from "./define-stack.ts";
export { StackError, type StackErrorCode } from "./errors.ts";
export { type Expansion, expand } from "./expand/expand.ts";
export { folders, type PlacedObject } from "./expand/placed.ts";
