import { getAt, type ManifestDocument, type Path } from "@idstack/manifests";

/** An Application with one of its sources that is a folder of the tree. */
export interface DirectoryApp {
  readonly document: ManifestDocument;
  readonly name: string;
  /** Folder relative to the tree, without slashes at its ends; empty for the tree itself. */
  readonly folder: string;
  /** Whether the source says how plain directories are read, which keeps Argo CD from using Kustomize. */
  readonly plain: boolean;
  /** Whether files of subfolders are applied as well. */
  readonly recursive: boolean;
  readonly sourcePath: string;
  readonly sourceLocation: Path;
}

interface Source {
  readonly repoURL?: unknown;
  readonly path?: unknown;
  readonly directory?: { readonly recurse?: unknown };
}

export function directoryApps(
  documents: readonly ManifestDocument[],
  options: { readonly path?: string | undefined; readonly repo?: string | undefined },
): DirectoryApp[] {
  const root = trim(options.path ?? "");
  return documents.filter(isApplication).flatMap((document) =>
    sources(document).flatMap(({ source, at }) => {
      if (typeof source.path !== "string" || (options.repo !== undefined && source.repoURL !== options.repo)) return [];
      const folder = below(root, trim(source.path));
      if (folder === undefined) return [];
      return {
        document,
        name: document.object.metadata?.name ?? "",
        folder,
        plain: source.directory !== undefined,
        // Kustomize may reach into subfolders; a plain directory does so only when told to.
        recursive: source.directory === undefined || source.directory.recurse === true,
        sourcePath: [...at, "path"].join(".").replace(/\.(\d+)/g, "[$1]"),
        sourceLocation: [...at, "path"],
      };
    }),
  );
}

/** Whether the Application applies a file of the tree. */
export function belongsTo(app: DirectoryApp, file: string | undefined): file is string {
  const rest = file === undefined ? undefined : below(app.folder, file);
  return rest !== undefined && (app.recursive || !rest.includes("/"));
}

/** `path` relative to `folder`, or undefined when it lies elsewhere. */
export function below(folder: string, path: string): string | undefined {
  if (folder === "" || path === folder) return path === folder ? "" : path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

function isApplication({ object }: ManifestDocument): boolean {
  return object.kind === "Application" && object.apiVersion.startsWith("argoproj.io/");
}

function sources({ object }: ManifestDocument): { source: Source; at: Path }[] {
  const single = getAt(object, ["spec", "source"]);
  const many = getAt(object, ["spec", "sources"]);
  return [
    ...(isSource(single) ? [{ source: single, at: ["spec", "source"] }] : []),
    ...(Array.isArray(many) ? many : []).flatMap((source: unknown, index) =>
      isSource(source) ? [{ source, at: ["spec", "sources", index] }] : [],
    ),
  ];
}

function isSource(value: unknown): value is Source {
  return typeof value === "object" && value !== null;
}

function trim(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
