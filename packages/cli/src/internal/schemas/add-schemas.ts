import { access } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import {
  type Diagnostic,
  type ManifestDocument,
  readSchemas,
  renderDiagnostics,
  schemasFolder,
  validate,
} from "@idstack/manifests";
import { compileCrds, mergeGroupVersions, schemaFiles } from "@idstack/schemas/compile";
import { CliError } from "../../errors.ts";
import { shownPath } from "../shown-path.ts";
import { readDefinitions } from "./read-definitions.ts";
import { type FileChange, writeSchemaFiles } from "./write-schema-files.ts";

export interface AddedKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Specifier that a module in the working directory imports its type from. */
  readonly types: string;
}

/** What `idstack schemas add` did. */
export interface AddedSchemas {
  /** Folder of the schemas: relative to the working directory if it is below it. */
  readonly directory: string;
  /** Kinds of the definitions, in every version they serve. */
  readonly kinds: readonly AddedKind[];
  readonly changes: readonly FileChange[];
  /** What is wrong with the definitions; with an error nothing was written. */
  readonly diagnostics: readonly Diagnostic[];
  /** The texts that diagnostics are about, by file. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Adds the definitions of files and folders to the schemas of the repository.
 *
 * @throws CliError `definitions-not-found`; ManifestError `broken-schemas`; errors of `node:fs`.
 */
export async function addSchemas(paths: readonly string[], cwd: string): Promise<AddedSchemas> {
  const { documents, diagnostics: unreadable, sources } = await readDefinitions(paths, cwd);
  const own = await readSchemas(cwd);
  const directory = own.directory ?? join(await repositoryOf(cwd), schemasFolder);
  const diagnostics = [...unreadable, ...validate(documents)];
  const result = { directory: shownPath(directory, cwd), diagnostics, sources };
  if (diagnostics.some(({ severity }) => severity === "error")) return { ...result, kinds: [], changes: [] };
  if (documents.length === 0) {
    throw new CliError("definitions-not-found", `there is no CustomResourceDefinition in ${paths.join(", ")}`);
  }
  const { groupVersions } = compileCrds(documents.map(({ object }: ManifestDocument) => object));
  const present = [...new Set(own.catalog.map(({ apiVersion }) => apiVersion))].flatMap(
    (apiVersion) => own.loadGroupVersion(apiVersion) ?? [],
  );
  const files = schemaFiles(mergeGroupVersions(present, groupVersions));
  const changes = await writeSchemaFiles(directory, files);
  const kinds = groupVersions.flatMap(({ apiVersion, kinds: added }) => {
    const types = specifierOf(join(directory, `${apiVersion}.d.ts`), cwd);
    return Object.keys(added).map((kind) => ({ apiVersion, kind, types }));
  });
  return { ...result, kinds, changes };
}

/** What `idstack schemas add` prints. */
export function addedText(added: AddedSchemas, color: boolean): string {
  const { directory, kinds, changes, diagnostics, sources } = added;
  const lines = diagnostics.length === 0 ? [] : [renderDiagnostics(diagnostics, { sources, color })];
  if (diagnostics.some(({ severity }) => severity === "error")) {
    return `${[...lines, `nothing was written to ${directory}`].join("\n")}\n`;
  }
  lines.push(...changes.map(({ path, change }) => `${change.padEnd(8)} ${directory}/${path}`));
  if (changes.length === 0) lines.push(`${directory} is up to date`);
  for (const [types, each] of Map.groupBy(kinds, (kind) => kind.types)) {
    const names = each.map(({ kind }) => kind.replaceAll("-", "_")).join(", ");
    lines.push(`import type { ${names} } from ${JSON.stringify(types)};`);
  }
  return `${lines.join("\n")}\n`;
}

function specifierOf(file: string, folder: string): string {
  const path = relative(folder, file).split(sep).join("/");
  return path.startsWith("../") ? path : `./${path}`;
}

/** The root of the Git repository, or the folder itself outside of one. */
async function repositoryOf(folder: string): Promise<string> {
  for (let each = folder; ; each = dirname(each)) {
    const found = await access(join(each, ".git")).then(
      () => true,
      () => false,
    );
    if (found) return each;
    if (dirname(each) === each) return folder;
  }
}
