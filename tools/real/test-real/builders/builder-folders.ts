/** Packages whose exported functions make Kubernetes objects. */
export const builderFolders: readonly string[] = [
  "authentik",
  "backup",
  "cluster",
  "external-secrets",
  "gateway",
  "gitops",
  "policy",
  "spire",
];
