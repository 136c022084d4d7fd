import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { checkDecryption } from "@idstack/gitops";
import {
  type Diagnostic,
  type ExtraFile,
  type KubeObject,
  type ObjectRef,
  parseManifests,
  planTree,
  type SchemaSource,
  type TreePlan,
  validate,
  writeTree,
} from "@idstack/manifests";
import { type Expansion, expand, type Stack } from "@idstack/stack";
import { CliError } from "./errors.ts";
import { readEncryptedFiles } from "./internal/encrypted-files.ts";
import { ownSchemas } from "./internal/schemas/own-schemas.ts";
import { shownPath } from "./internal/shown-path.ts";

/** Options of {@link renderStack}. Paths are relative to `cwd`. */
export interface RenderStackOptions {
  readonly cwd: string;
  /** The declaration: encrypted files are looked up beside it. */
  readonly config: string;
  /** Folder of the tree; `gitops.path` of the declaration, beside it, if left out. */
  readonly out?: string | undefined;
  /** Only compare; write nothing. */
  readonly check?: boolean | undefined;
  /** Overwrite files that were edited by hand, and files of others. */
  readonly force?: boolean | undefined;
}

/** What a render did, or with `check` would do. */
export interface RenderResult {
  readonly objects: readonly KubeObject[];
  /** Number of files in the plan. */
  readonly files: number;
  /** Every file of the tree with its text. */
  readonly plan: TreePlan;
  /** Folder of the tree: relative to `cwd` if it is below it. */
  readonly out: string;
  readonly changes: readonly { readonly path: string; readonly change: "write" | "remove" }[];
  /** Objects of the tree before that are in no file now; with pruning off they keep running. */
  readonly leftTree: readonly ObjectRef[];
  /** How the folder differed before. Errors: files were out of date; warnings: manifests of others among them. */
  readonly drift: readonly Diagnostic[];
  /** What is wrong with the declaration or its objects. Files and positions are those of the plan. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Expands a declaration, validates every object as it will be written (against `.idstack/schemas` of its repository too),
 * and writes the tree. Nothing is written while
 * there are errors.
 *
 * @throws CliError `sops-file` for an encrypted file that is missing, not encrypted, or encrypted to other recipients,
 *   `not-a-directory` if a file stands in place of the folder; SopsError for one that is damaged; ManifestError for a
 *   folder that holds foreign or hand-edited files.
 * @example
 * ```ts
 * import { loadConfig, renderStack } from "idstack";
 * const cwd = process.cwd();
 * const stack = await loadConfig("stack.config.ts", cwd);
 * const { changes } = await renderStack(stack, { cwd, config: "stack.config.ts", check: true });
 * console.log(changes); // [] while the tree is up to date
 * ```
 */
export async function renderStack(stack: Stack, options: RenderStackOptions): Promise<RenderResult> {
  const folder = dirname(resolve(options.cwd, options.config));
  const root =
    options.out === undefined ? join(folder, stack.declaration.gitops.path) : resolve(options.cwd, options.out);
  const out = shownPath(root, options.cwd);
  const expansion = expand(stack);
  const encrypted = await readEncryptedFiles(expansion, stack.declaration.sops?.recipients ?? [], folder);
  const objects = expansion.objects.map(({ object }) => object);
  const paths = new Map(expansion.objects.map((placed) => [placed.object, `${placed.folder}/${placed.file ?? ""}`]));
  const plan = planTree(objects, {
    pathOf: (object) => paths.get(object),
    files: [...expansion.files, ...encrypted, endpointsFile(expansion)],
  });
  const schemas = await ownSchemas(folder, options.cwd);
  const diagnostics = [...expansion.diagnostics, ...diagnose(plan, stack, schemas)];
  const result = { objects, files: plan.files.length, plan, out, diagnostics };
  if (diagnostics.some(({ severity }) => severity === "error")) {
    return { ...result, changes: [], leftTree: [], drift: [] };
  }
  await assertNoFile(root, out);
  const report = await writeTree(root, plan, { check: options.check, force: options.force });
  const changes = [
    ...report.written.map((path) => ({ path, change: "write" as const })),
    ...report.removed.map((path) => ({ path, change: "remove" as const })),
  ];
  return { ...result, changes, leftTree: report.departed, drift: report.drift };
}

async function assertNoFile(root: string, out: string): Promise<void> {
  const inTheWay = await stat(root).then(
    (found) => !found.isDirectory(),
    ({ code }: NodeJS.ErrnoException) => code === "ENOTDIR",
  );
  if (inTheWay) {
    throw new CliError("not-a-directory", `${out} cannot be the folder of the tree: a file is in its place`);
  }
}

/** Pods that are in no manifest: `idstack audit` and `@idstack/reach` read this beside the tree. */
function endpointsFile({ endpoints }: Expansion): ExtraFile {
  return { path: ".idstack/endpoints.json", text: `${JSON.stringify(endpoints, null, 2)}\n` };
}

/**
 * Schemas, and that every encrypted file reaches a decryptor: Argo CD alone would apply the ciphertext. The texts are
 * parsed again so that each finding has a line, and so that what is checked is what a reader of the files will see.
 */
function diagnose({ files }: TreePlan, { declaration: { gitops } }: Stack, schemas: SchemaSource): Diagnostic[] {
  const parsed = files
    .filter(({ path }) => path.endsWith(".yaml"))
    .map(({ path, text }) => parseManifests(text, { file: path }));
  const documents = parsed.flatMap((each) => each.documents);
  const skipped = parsed.flatMap((each) => each.skipped);
  return [
    ...parsed.flatMap((each) => each.diagnostics),
    ...validate(documents, { schemas }),
    ...checkDecryption({ documents, skipped }, { path: gitops.path, repo: gitops.repo }),
  ];
}
