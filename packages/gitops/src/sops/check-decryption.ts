import type { Diagnostic, ManifestDocument, SkippedDocument } from "@idstack/manifests";
import { belongsTo, type DirectoryApp, directoryApps } from "../internal/directory-apps.ts";
import { ksopsWiring } from "../internal/ksops-wiring.ts";
import { decryptionOf } from "./decryptor.ts";

/** A tree as `readTree` of `@idstack/manifests` returns it. */
export interface DecryptionTree {
  readonly documents: readonly ManifestDocument[];
  /** Kustomizations are found here. */
  readonly skipped?: readonly SkippedDocument[] | undefined;
}

/** Options of {@link checkDecryption}. */
export interface DecryptionOptions {
  /** Where the tree lies in the repository, `rendered`; Application paths begin with it. The root by default. */
  readonly path?: string | undefined;
  /** Look only at Applications of this repository. */
  readonly repo?: string | undefined;
}

/**
 * Checks that every encrypted file an Application applies is decrypted on its way into the cluster.
 *
 * - `gitops/no-decryptor`: the Application's folder holds encrypted files and it states no decryptor.
 * - `gitops/ksops-not-wired`: it states ksops, but the file is in no generator that the folder's kustomization lists,
 *   is a resource of that kustomization too, or the Application builds the folder without Kustomize.
 * - `gitops/not-a-values-file`: it states helm-secrets, which decrypts values files, but the file is a manifest.
 * - `gitops/not-a-sops-secret`: it states the operator, but the file is no SopsSecret.
 * - `gitops/plaintext-sops-secret`: a SopsSecret in the tree that nobody encrypted.
 *
 * @example
 * ```ts
 * import { parseManifests } from "@idstack/manifests";
 * import { application, checkDecryption } from "@idstack/gitops";
 * const app = application({ name: "web", project: "apps", destination: "apps", source: { repo: "r", path: "web" } });
 * const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata: { a: 'ENC[x]' }\nsops: { mac: 'ENC[x]' }\n";
 * const { documents } = parseManifests(`${JSON.stringify(app)}\n`, { file: "argocd/web.yaml" });
 * documents.push(...parseManifests(secret, { file: "web/secret.yaml" }).documents);
 * console.log(checkDecryption({ documents })[0]?.code); // gitops/no-decryptor
 * ```
 */
export function checkDecryption(tree: DecryptionTree, options: DecryptionOptions = {}): Diagnostic[] {
  const encrypted = tree.documents.filter((document) => document.encrypted);
  return [
    ...tree.documents.filter((document) => isSopsSecret(document) && !document.encrypted).map(plaintext),
    ...directoryApps(tree.documents, options).flatMap((app) => {
      const files = encrypted.filter((document) => belongsTo(app, document.file));
      return files.length === 0 ? [] : checkApp(app, files, tree);
    }),
  ];
}

function checkApp(app: DirectoryApp, files: readonly ManifestDocument[], tree: DecryptionTree): Diagnostic[] {
  switch (decryptionOf(app.document.object)) {
    case undefined:
      return files.map((document) => withoutDecryptor(app, document));
    case "ksops":
      return ksopsWiring(app, files, tree);
    case "helm-secrets":
      return files.map((document) => notAValuesFile(app, document));
    case "sops-secret":
      return files.filter((document) => !isSopsSecret(document)).map((document) => notForOperator(app, document));
  }
}

function withoutDecryptor(app: DirectoryApp, document: ManifestDocument): Diagnostic {
  return {
    code: "gitops/no-decryptor",
    severity: "error",
    message: `Application ${app.name} applies ${document.file}, which SOPS encrypted, and states no decryptor: Argo CD would apply the ciphertext`,
    file: app.document.file,
    path: app.sourcePath,
    ...app.document.locate(app.sourceLocation),
    help: "Give the application a decryptor: ksops() or sopsSecretsOperator().",
  };
}

function notAValuesFile(app: DirectoryApp, document: ManifestDocument): Diagnostic {
  return {
    code: "gitops/not-a-values-file",
    severity: "error",
    message: `Application ${app.name} decrypts values files of charts with helm-secrets, but ${document.file} is a manifest: its ciphertext is applied`,
    file: document.file,
    path: "kind",
    ...document.locate(["kind"]),
    help: "Move the secret into an encrypted values file, or give the application the decryptor ksops.",
  };
}

function notForOperator(app: DirectoryApp, document: ManifestDocument): Diagnostic {
  return {
    code: "gitops/not-a-sops-secret",
    severity: "error",
    message: `Application ${app.name} leaves decryption to the sops-secrets-operator, which ignores this ${document.object.kind}`,
    file: document.file,
    path: "kind",
    ...document.locate(["kind"]),
    help: "Wrap the secret with sopsSecret() and encrypt that.",
  };
}

function plaintext(document: ManifestDocument): Diagnostic {
  return {
    code: "gitops/plaintext-sops-secret",
    severity: "error",
    message: "this SopsSecret is not encrypted: its values are in the repository in clear",
    file: document.file,
    path: "spec.secretTemplates",
    ...document.locate(["spec", "secretTemplates"]),
    help: "Encrypt the file with encrypted_suffix Templates and replace the values it exposed.",
  };
}

function isSopsSecret({ object }: ManifestDocument): boolean {
  return object.kind === "SopsSecret" && object.apiVersion.startsWith("isindir.github.com/");
}
