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
  const documents: ManifestDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  const sources = new Map<string, string>();
  for (const { path, text, named } of await textsOf(paths, cwd)) {
    if (sources.has(path) || !(named || text.includes("CustomResourceDefinition"))) continue;
    const parsed = parseManifests(text, { file: path });
    sources.set(path, text);
    documents.push(...parsed.documents.filter(({ object }) => object.kind === "CustomResourceDefinition"));
    diagnostics.push(...parsed.diagnostics);
  }
  return { documents, diagnostics, sources };
}

interface NamedText {
  readonly path: string;
  readonly text: string;
  /** It was named itself, not found in a folder. */
  readonly named: boolean;
}

async function textsOf(paths: readonly string[], cwd: string): Promise<NamedText[]> {
  const found = await Promise.all(
    paths.map(async (path): Promise<NamedText[]> => {
      const full = resolve(cwd, path);
      const stats = await stat(full).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
        throw error;
      });
      if (stats === undefined) throw new CliError("definitions-not-found", `there is no file or folder ${path}`);
      if (!stats.isDirectory()) {
        return [{ path: shownPath(full, cwd), text: await readFile(full, "utf8"), named: true }];
      }
      const { files } = await readTree(full);
      return files
        .filter(({ path: file }) => /\.(?:ya?ml|json)$/i.test(file))
        .map(({ path: file, text }) => ({ path: shownPath(join(full, file), cwd), text, named: false }));
    }),
  );
  return found.flat();
}
