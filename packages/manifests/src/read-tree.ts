import { readdir, readFile, realpath } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import type { Diagnostic } from "./diagnostic.ts";
import type { ManifestDocument } from "./document.ts";
import { compareText, isMapping } from "./internal/plain.ts";
import type { ParseCode } from "./parse/codes.ts";
import { type ParsedManifests, parseManifests } from "./parse/parse-manifests.ts";
import { schemasFolder } from "./schemas/read-schemas.ts";

/** A text file of a tree; `path` is relative to its root, with forward slashes. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** All manifests of a folder, plus every text file in it for checks that look at more than manifests. */
export interface ManifestTree extends ParsedManifests {
  readonly files: TextFile[];
}

const skippedFolders = new Set([".git", "node_modules"]);
const filesAhead = 16;
const manifestFile = /\.(?:ya?ml|json)$/i;

/**
 * Reads every `.yaml`, `.yml` and `.json` file below a folder (but for `.git`, `node_modules` and `.idstack/schemas`) in the order of their
 * paths. Files that a kustomization lists under `patches` or `patchesStrategicMerge` become patches.
 *
 * Symbolic links are never followed; one that leads out of the folder is reported. Files that are no UTF-8 text are
 * left out, and so is what cannot be read; a manifest among them is reported.
 *
 * @throws the error of `node:fs` if the folder itself cannot be read.
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { readTree } from "@idstack/manifests";
 * const dir = await mkdtemp("tree-");
 * await writeFile(`${dir}/apps.yaml`, "apiVersion: v1\nkind: Namespace\nmetadata: { name: apps }\n");
 * const { documents } = await readTree(dir);
 * console.log(documents[0]?.file, documents[0]?.object.kind); // apps.yaml Namespace
 * ```
 */
export async function readTree(dir: string): Promise<ManifestTree> {
  const tree: ManifestTree = { documents: [], patches: [], skipped: [], diagnostics: [], files: [] };
  const root = await realpath(dir);
  const { files, links } = await list(root, tree);
  for (const link of links) await reportLink(root, link, tree);
  for await (const { path, text, diagnostic } of readAhead(files, (path) => readText(root, path))) {
    if (diagnostic !== undefined && manifestFile.test(path)) tree.diagnostics.push(diagnostic);
    if (text === undefined) continue;
    tree.files.push({ path, text });
    if (manifestFile.test(path)) add(tree, parseFile(path, text));
  }
  return movePatches(tree);
}

/** Reads files in their order, some of them ahead, so that parsing does not wait for the file system. */
async function* readAhead(
  files: readonly string[],
  read: (path: string) => Promise<ReadFile>,
): AsyncGenerator<ReadFile> {
  const reading: Promise<ReadFile>[] = [];
  for (const path of files) {
    reading.push(read(path));
    const first = reading.length > filesAhead ? reading.shift() : undefined;
    if (first !== undefined) yield first;
  }
  yield* reading;
}

async function list(root: string, tree: ManifestTree): Promise<{ files: string[]; links: string[] }> {
  const files: string[] = [];
  const links: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const here = folder;
    const entries = await readdir(here, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (here === root) throw error;
      tree.diagnostics.push(unreadable(relative(root, here), error));
      return [];
    });
    for (const entry of entries) {
      const full = join(here, entry.name);
      const path = relative(root, full).split(sep).join("/");
      if (entry.isSymbolicLink()) links.push(path);
      else if (entry.isFile()) files.push(path);
      else if (entry.isDirectory() && !skippedFolders.has(entry.name) && !isSchemas(path)) folders.push(full);
    }
  }
  return { files: files.sort(compareText), links: links.sort(compareText) };
}

interface ReadFile {
  readonly path: string;
  readonly text?: string;
  /** Why there is no text. */
  readonly diagnostic?: Diagnostic<ParseCode>;
}

/** Never rejects: what cannot be read is told. */
async function readText(root: string, path: string): Promise<ReadFile> {
  try {
    const bytes = await readFile(join(root, path));
    const text = bytes.includes(0) ? undefined : decode(bytes);
    return text === undefined ? { path, diagnostic: unreadable(path) } : { path, text };
  } catch (error) {
    return { path, diagnostic: unreadable(path, error as NodeJS.ErrnoException) };
  }
}

function unreadable(path: string, error?: NodeJS.ErrnoException): Diagnostic<ParseCode> {
  return {
    code: "unreadable-file",
    severity: "error",
    message: error === undefined ? "this is not UTF-8 text" : `this cannot be read (${error.code ?? error.name})`,
    file: path.split(sep).join("/"),
    help: error === undefined ? "Save it as UTF-8." : "Check its permissions.",
  };
}

/** What `idstack schemas add` wrote: no manifests, and larger than most trees. */
function isSchemas(path: string): boolean {
  return `/${path}`.endsWith(`/${schemasFolder}`);
}

async function reportLink(root: string, path: string, tree: ManifestTree): Promise<void> {
  const target = await realpath(join(root, path)).catch(() => undefined);
  if (target === root || target?.startsWith(root + sep)) return;
  tree.diagnostics.push({
    code: "unreadable-file",
    severity: "warning",
    message: target === undefined ? "this link leads nowhere" : "this link leads out of the tree and was not followed",
    file: path,
    help: "Copy the file into the tree, or name its folder on its own.",
  });
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A JSON file that is no manifest (say, one with comments) is nobody's mistake here. */
function parseFile(file: string, text: string): ParsedManifests {
  const manifests =
    /\.json$/i.test(file) && !text.includes('"apiVersion"') ? undefined : parseManifests(text, { file });
  if (manifests !== undefined) return manifests;
  return {
    documents: [],
    patches: [],
    skipped: [{ reason: "not-kubernetes", file, line: 1, value: text }],
    diagnostics: [],
  };
}

function add(tree: ManifestTree, found: ParsedManifests): void {
  tree.documents.push(...found.documents);
  tree.patches.push(...found.patches);
  tree.skipped.push(...found.skipped);
  tree.diagnostics.push(...found.diagnostics);
}

/** Documents of files that a kustomization applies as patches are no objects, even without any `$patch`. */
function movePatches(tree: ManifestTree): ManifestTree {
  const patchFiles = new Set<string>();
  for (const { reason, file, value } of tree.skipped) {
    if (reason !== "kustomize" || file === undefined || !isMapping(value)) continue;
    for (const entry of [value["patches"], value["patchesStrategicMerge"]].flat()) {
      const path = isMapping(entry) ? entry["path"] : entry;
      if (typeof path === "string" && !path.includes("\n")) patchFiles.add(posix.join(posix.dirname(file), path));
    }
  }
  if (patchFiles.size === 0) return tree;
  const isPatch = ({ file }: ManifestDocument) => file !== undefined && patchFiles.has(file);
  const moved = tree.documents.filter(isPatch).map((document) => ({ ...document, patch: true }));
  return {
    ...tree,
    documents: tree.documents.filter((document) => !isPatch(document)),
    patches: [...tree.patches, ...moved],
  };
}
