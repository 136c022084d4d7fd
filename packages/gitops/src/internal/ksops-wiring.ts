import { posix } from "node:path";
import type { Diagnostic, ManifestDocument } from "@idstack/manifests";
import type { DecryptionTree } from "../sops/check-decryption.ts";
import { below, type DirectoryApp } from "./directory-apps.ts";

/** Findings about encrypted files of an Application that states ksops. */
export function ksopsWiring(app: DirectoryApp, files: readonly ManifestDocument[], tree: DecryptionTree): Diagnostic[] {
  if (app.plain) {
    return files.map((document) =>
      finding(document, `Application ${app.name} reads ${app.folder} as a plain directory, so ksops never runs`),
    );
  }
  const values = plainFiles(app, tree);
  const kustomizations = values.filter(({ file }) => /^kustomization(?:\.ya?ml)?$/i.test(posix.basename(file)));
  const generators = new Set(kustomizations.flatMap(({ file, value }) => entries(file, value["generators"])));
  const decrypted = new Set(
    values.flatMap(({ file, value }) =>
      value["kind"] === "ksops" && generators.has(file) ? entries(file, value["files"]) : [],
    ),
  );
  const applied = new Set(kustomizations.flatMap(({ file, value }) => entries(file, value["resources"])));
  return files.flatMap((document) => {
    const { file = "" } = document;
    if (applied.has(file))
      return finding(document, `${file} is a resource of the kustomization: its ciphertext is applied`);
    return decrypted.has(file) ? [] : finding(document, `no ksops generator that a kustomization lists has ${file}`);
  });
}

interface PlainFile {
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What the files of the Application's folder hold, whether or not the API server would ever see it. */
function plainFiles(app: DirectoryApp, { documents, skipped = [] }: DecryptionTree): PlainFile[] {
  const objects = documents.map(({ file, object }) => ({ file, value: object as unknown }));
  return [...skipped, ...objects].filter(
    (entry): entry is PlainFile =>
      entry.file !== undefined &&
      below(app.folder, entry.file) !== undefined &&
      typeof entry.value === "object" &&
      entry.value !== null,
  );
}

function entries(file: string, list: unknown): string[] {
  const folder = posix.dirname(file);
  return (Array.isArray(list) ? list : [])
    .filter((entry) => typeof entry === "string")
    .map((entry) => posix.normalize(posix.join(folder, entry)));
}

function finding(document: ManifestDocument, message: string): Diagnostic {
  return {
    code: "gitops/ksops-not-wired",
    severity: "error",
    message,
    file: document.file,
    ...document.locate([]),
    help: "List the file in the generator of ksopsDirectory(), and not under resources.",
  };
}
