import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

/** As much of a CustomResourceDefinition as is looked at here. */
export interface CustomResourceDefinition {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: "Namespaced" | "Cluster";
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[];
  };
}

/** A definition and the project that it comes from: the name of its folder. */
export interface ProjectCrd {
  readonly project: string;
  readonly crd: CustomResourceDefinition;
}

/** `IDSTACK_CRDS` if set, else the definitions that are committed here. */
export function crdsDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env["IDSTACK_CRDS"];
  return chosen === undefined || chosen === "" ? committedCrds : chosen;
}

export const committedCrds = join(import.meta.dirname, "../../crds");

/** Every CustomResourceDefinition below a directory, YAML or JSON, in order of their names. */
export async function loadCrds(directory = crdsDirectory()): Promise<readonly ProjectCrd[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(json|ya?ml)$/.test(entry.name));
  const loaded = await Promise.all(
    files.map(async ({ name, parentPath }): Promise<ProjectCrd[]> => {
      const text = await readFile(join(parentPath, name), "utf8");
      const project = parentPath === directory ? "" : (parentPath.split(/[\\/]/).at(-1) ?? "");
      return parse(name, text)
        .filter(isCrd)
        .map((crd) => ({ project, crd }));
    }),
  );
  return loaded.flat().sort((left, right) => (left.crd.metadata.name < right.crd.metadata.name ? -1 : 1));
}

function parse(name: string, text: string): unknown[] {
  if (name.endsWith(".json")) return [JSON.parse(text)];
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${name}: ${error.message}`, { cause: error });
    return document.toJS() as unknown;
  });
}

function isCrd(value: unknown): value is CustomResourceDefinition {
  return (value as { kind?: unknown } | null)?.kind === "CustomResourceDefinition";
}
