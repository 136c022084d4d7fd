import type { CatalogEntry, Project } from "@idstack/schemas";
import { importsOf, type SchemaModule, splitApiVersion } from "@idstack/schemas/compile";

/** `projects.json`: who defines which custom resources, and when the definitions were taken. */
export interface RecordedProjects {
  readonly kubernetes: { readonly version: string; readonly date: string };
  readonly projects: readonly {
    readonly name: string;
    /** Left out where only a JSON schema is to be had. */
    readonly commit?: string;
    readonly date: string;
    /** `<plural>.<group>`, the name of the CustomResourceDefinition. */
    readonly crds: readonly string[];
  }[];
}

/** The text of every file in `data/`, by path within the package. */
export function dataFiles(modules: readonly SchemaModule[], recorded: RecordedProjects): Map<string, string> {
  const files = new Map([["data/catalog.json", JSON.stringify(catalogFile(modules, recorded))]]);
  for (const module of modules) {
    files.set(`data/${module.apiVersion.replace("/", "_")}.json`, JSON.stringify(dataFile(module, modules)));
  }
  return files;
}

function dataFile(module: SchemaModule, modules: readonly SchemaModule[]) {
  const imports = [...importsOf(module, modules)].map(([home, names]) => [home.replace("/", "_"), names]);
  return {
    kinds: Object.fromEntries(module.kinds),
    definitions: Object.fromEntries(module.definitions),
    imports: Object.fromEntries(imports),
  };
}

function catalogFile(modules: readonly SchemaModule[], recorded: RecordedProjects) {
  const owner = new Map(recorded.projects.flatMap(({ name, crds }) => crds.map((crd) => [crd, name])));
  const kinds: CatalogEntry[] = modules.flatMap(({ apiVersion, kinds }) => {
    const { group, version } = splitApiVersion(apiVersion);
    return [...kinds].map(([kind, { namespaced, plural }]) => {
      const project = owner.get(`${plural}.${group}`) ?? "kubernetes";
      return { group, version, apiVersion, kind, namespaced, plural, project };
    });
  });
  const key = (entry: CatalogEntry): string => [entry.group, entry.version, entry.kind].join(" ");
  kinds.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const projects: Project[] = [
    { name: "kubernetes", ...recorded.kubernetes },
    ...recorded.projects.map(({ crds: _, ...project }) => project),
  ];
  return { projects, kinds };
}
