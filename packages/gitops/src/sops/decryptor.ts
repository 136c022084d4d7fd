import type { KubeObject } from "@idstack/manifests";

/**
 * How files that SOPS encrypted become Secrets in the cluster. Argo CD alone would apply the ciphertext.
 *
 * - `ksops`: Argo CD's repo-server decrypts while it builds with Kustomize (it holds the age key).
 * - `helm-secrets`: Argo CD's repo-server decrypts values files of charts, and nothing else.
 * - `sops-secret`: an operator in the cluster decrypts SopsSecret objects (it holds the age key).
 */
export type DecryptorKind = "ksops" | "helm-secrets" | "sops-secret";

/** A declared decryptor, as {@link ksops}, {@link helmSecrets} and {@link sopsSecretsOperator} return it. */
export interface Decryptor {
  readonly decryptor: DecryptorKind;
}

/** Annotation by which an Application states its decryptor. */
export const DECRYPTOR_ANNOTATION = "idstack.dev/decryptor";

/**
 * The decryptor an Application states, or undefined when it states none.
 *
 * @example
 * ```ts
 * import { application, decryptionOf, ksops } from "@idstack/gitops";
 * const app = application({
 *   name: "web", project: "apps", destination: "apps", decryptor: ksops(),
 *   source: { repo: "https://git.home.arpa/me/home.git", path: "rendered/apps/web" },
 * });
 * console.log(decryptionOf(app)); // ksops
 * ```
 */
export function decryptionOf(object: KubeObject): DecryptorKind | undefined {
  const value = object.metadata?.annotations?.[DECRYPTOR_ANNOTATION];
  return value === "ksops" || value === "helm-secrets" || value === "sops-secret" ? value : undefined;
}
