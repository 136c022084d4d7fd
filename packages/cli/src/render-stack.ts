import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { checkDecryption } from "@idstack/gitops";
import {
  type Diagnostic,
  documentsOf,
  type ExtraFile,
  type KubeObject,
  type ObjectRef,
  objectRef,
  parseManifests,
  planTree,
  validate,
  writeTree,
} from "@idstack/manifests";
import { isEncrypted, readMetadata } from "@idstack/sops";
import { type Expansion, expand, type Stack } from "@idstack/stack";
import { CliError } from "./errors.ts";

/** Options of {@link renderStack}. Paths are relative to `cwd`. */
export interface RenderStackOptions {
  readonly cwd: string;
  /** The declaration: encrypted files are looked up beside it. */
  readonly config: string;
  /** Folder of the tree. */
  readonly out: string;
  /** Only compare; write nothing. */
  readonly check?: boolean;
  /** Overwrite files that were edited by hand. */
  readonly force?: boolean;
}

/** What a render did, or with `check` would do. */
export interface RenderResult {
  readonly objects: readonly KubeObject[];
  readonly files: number;
  readonly changes: readonly { readonly path: string; readonly change: "write" | "remove" }[];
  /** Objects of the tree before that are in no file now; with pruning off they keep running. */
  readonly leftTree: readonly ObjectRef[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Expands a declaration, validates every object and writes the tree. Nothing is written while there are errors.
 *
 * @throws CliError `sops-file` for an encrypted file that is missing, not encrypted, or encrypted to other recipients;
 *   ManifestError for a folder that holds foreign or hand-edited files.
 */
export async function renderStack(stack: Stack, options: RenderStackOptions): Promise<RenderResult> {
  const expansion = expand(stack);
  const encrypted = await readEncrypted(stack, expansion, dirname(resolve(options.cwd, options.config)));
  const objects = expansion.objects.map(({ object }) => object);
  const paths = new Map(expansion.objects.map((placed) => [placed.object, `${placed.folder}/${placed.file ?? ""}`]));
  const plan = planTree(objects, {
    pathOf: (object) => paths.get(object),
    files: [...expansion.files, ...encrypted, endpointsFile(expansion)],
  });
  const diagnostics = [...expansion.diagnostics, ...validate(documentsOf(objects)), ...decryption(plan.files, stack)];
  if (diagnostics.some(({ severity }) => severity === "error")) {
    return { objects, files: plan.files.length, changes: [], leftTree: [], diagnostics };
  }
  const report = await writeTree(resolve(options.cwd, options.out), plan, {
    check: options.check,
    force: options.force,
  });
  return {
    objects,
    files: plan.files.length,
    changes: [
      ...report.written.map((path) => ({ path, change: "write" as const })),
      ...report.removed.map((path) => ({ path, change: "remove" as const })),
    ],
    leftTree: report.departed,
    diagnostics,
  };
}

/** The encrypted files as they are: rendering needs no key and changes no byte. */
async function readEncrypted(stack: Stack, { encrypted }: Expansion, folder: string): Promise<ExtraFile[]> {
  const recipients = [...(stack.declaration.sops?.recipients ?? [])].sort();
  return await Promise.all(
    encrypted.map(async ({ source, path, namespace }) => {
      const text = await readFile(join(folder, source), "utf8").catch((cause: unknown) => {
        throw new CliError("sops-file", `${source} cannot be read. Write the Secret and encrypt it with sops.`, {
          cause,
        });
      });
      if (!isEncrypted(text)) throw new CliError("sops-file", `${source} is not encrypted. Run sops --encrypt on it.`);
      const found = readMetadata(text, { file: source })
        .age.map(({ recipient }) => recipient)
        .sort();
      if (found.join() !== recipients.join()) {
        throw new CliError(
          "sops-file",
          `${source} is encrypted to ${found.join(", ") || "nobody"}, declared are ${recipients.join(", ")}.`,
        );
      }
      const { documents } = parseManifests(text, { file: source });
      const elsewhere = documents.find(({ object }) => object.metadata?.namespace !== namespace);
      if (elsewhere !== undefined) {
        throw new CliError(
          "sops-file",
          `${source} holds an object of namespace ${elsewhere.object.metadata?.namespace ?? "(none)"}, declared is ${namespace}.`,
        );
      }
      return { path, text, objects: documents.map(({ object }) => objectRef(object)) };
    }),
  );
}

/** Pods that are in no manifest: `idstack audit` and `@idstack/reach` read this beside the tree. */
function endpointsFile({ endpoints }: Expansion): ExtraFile {
  return { path: ".idstack/endpoints.json", text: `${JSON.stringify(endpoints, null, 2)}\n` };
}

/** Every encrypted file must reach a decryptor; Argo CD alone would apply the ciphertext. */
function decryption(files: readonly { readonly path: string; readonly text: string }[], stack: Stack): Diagnostic[] {
  const parsed = files
    .filter(({ path }) => path.endsWith(".yaml"))
    .map(({ path, text }) => parseManifests(text, { file: path }));
  const tree = {
    documents: parsed.flatMap(({ documents }) => documents),
    skipped: parsed.flatMap(({ skipped }) => skipped),
  };
  return checkDecryption(tree, { path: stack.declaration.gitops.path, repo: stack.declaration.gitops.repo });
}
