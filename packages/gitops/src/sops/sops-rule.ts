/**
 * What `.sops.yaml` must say for a decryptor: give it, with recipients, to `generateSopsConfig` of `@idstack/sops`.
 */
export interface SopsRule {
  readonly convention: "flux" | "argocd" | "talos" | "helm-secrets" | "sops-secrets-operator";
  /** Only files below this folder. */
  readonly folder?: string;
}
