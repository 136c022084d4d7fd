import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Diagnostic, type ManifestDocument, parseManifests, readTree } from "@idstack/manifests";
import { CliError } from "../../errors.ts";
import { shownPath } from "../shown-path.ts";

/** The CustomResourceDefinitions of some files, with what cannot be read of them. */
export interface Definitions {
  readonly documents: readonly ManifestDocument[];
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Reads files and folders. Files are named as from the working directory. A folder may hold much else; only what is
 * wrong with files that speak of definitions is reported.
 *
 * @throws CliError `definitions-not-found` for a path that is not there; errors of `node:fs`.
 */
export async function readDefinitions(paths: readonly string[], cwd: string): Promise<Definitions> {
  const documents = new Map<string, readonly ManifestDocument[]>();
  const diagnostics: Diagnostic[] = [];
  const sources = new Map<string, string>();
  for (const found of await Promise.all(paths.map((path) => read(path, cwd)))) {
    const fresh = ({ file = "" }: { readonly file?: string | undefined }): boolean => !documents.has(file);
    diagnostics.push(...found.diagnostics.filter(fresh));
    const defining = found.documents.filter(({ object }) => object.kind === "CustomResourceDefinition").filter(fresh);
    for (const [file, own] of Map.groupBy(defining, ({ file = "" }) => file)) documents.set(file, own);
    for (const [file, text] of found.sources) sources.set(file, text);
  }
  return { documents: [...documents.values()].flat(), diagnostics, sources };
}

async function read(path: string, cwd: string): Promise<Definitions> {
  const full = resolve(cwd, path);
  const stats = await stat(full).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (stats === undefined) throw new CliError("definitions-not-found", `there is no file or folder ${path}`);
  if (stats.isDirectory()) return readFolder(full, cwd);
  const file = shownPath(full, cwd);
  const text = await readFile(full, "utf8");
  return { ...parseManifests(text, { file }), sources: new Map([[file, text]]) };
}

async function readFolder(folder: string, cwd: string): Promise<Definitions> {
  const tree = await readTree(folder);
  const defining = tree.files.filter(({ text }) => text.includes("CustomResourceDefinition"));
  const shown = new Map(defining.map(({ path }) => [path, shownPath(join(folder, path), cwd)]));
  const rename = <T extends { readonly file?: string | undefined }>(each: T): T[] => {
    const file = shown.get(each.file ?? "");
    return file === undefined ? [] : [{ ...each, file }];
  };
  return {
    documents: tree.documents.flatMap(rename),
    diagnostics: tree.diagnostics.flatMap(rename),
    sources: new Map(defining.map(({ path, text }) => [shown.get(path) ?? path, text])),
  };
}
