import type { CatalogEntry, GroupVersionSchemas } from "@idstack/schemas";
import { type Crd, compileCrds, isCrd } from "@idstack/schemas/compile";
import type { ManifestDocument } from "../document.ts";
import { documentsOf, isDocument } from "../documents-of.ts";
import { isMapping } from "../internal/plain.ts";
import type { KubeObject } from "../kube-object.ts";
import { groupOf } from "../object-ref.ts";
import type { SchemaSource } from "./schema-source.ts";
import { joinSources } from "./source-of.ts";

/**
 * The schemas of the CustomResourceDefinitions among objects, compiled when an object first needs them, in front of those
 * of `base`. A definition counts even for a kind that is built in, since it is what the cluster will serve; one that an
 * API server would refuse has no schemas. Where files define a kind differently (two clusters in one repository), the
 * definition counts whose folder is nearest to the object's, of two in one folder the later one.
 *
 * `validate` does this with what it is given. Call it where objects are validated one at a time.
 *
 * @example
 * ```ts
 * import { parseManifests, schemasOf, validate } from "@idstack/manifests";
 * const { documents } = parseManifests("apiVersion: v1\nkind: Namespace\nmetadata: { name: apps }\n");
 * const schemas = schemasOf(documents);
 * console.log(documents.flatMap((document) => validate([document], { schemas })).length); // 0
 * ```
 */
export function schemasOf(input: readonly (KubeObject | ManifestDocument)[], base?: SchemaSource): SchemaSource {
  const definitions = input
    .flatMap((entry) => (isDocument(entry) ? [entry] : documentsOf([entry])))
    .filter(({ object, patch, encrypted }) => isCrd(object) && !patch && !encrypted);
  const variants = [...Map.groupBy(definitions, nameOf).values()];
  const joined = (chosen: readonly ManifestDocument[]): SchemaSource =>
    joinSources(sourceOfDefinitions(chosen.map(({ object }) => object)), base);
  const all = joined(definitions);
  if (!variants.some(differ)) return all;
  const sources = new Map<string, SchemaSource>();
  return {
    ...all,
    near(file) {
      const chosen = variants.flatMap((each) => nearest(each, folderOf(file)));
      const key = chosen.map((definition) => definitions.indexOf(definition)).join();
      const source = sources.get(key) ?? joined(chosen);
      sources.set(key, source);
      return source;
    },
  };
}

function sourceOfDefinitions(definitions: readonly KubeObject[]): SchemaSource {
  const byGroup = Map.groupBy(definitions, (definition) => fields(fields(definition)["spec"])["group"]);
  const compiled = new Map<string, ReadonlyMap<string, GroupVersionSchemas>>();
  return {
    catalog: lastOnes(definitions.flatMap(entriesOf)),
    loadGroupVersion(apiVersion) {
      const group = groupOf(apiVersion);
      let versions = compiled.get(group);
      if (versions === undefined) {
        const { groupVersions } = compileCrds(byGroup.get(group) ?? []);
        versions = new Map(groupVersions.map((each) => [each.apiVersion, each]));
        compiled.set(group, versions);
      }
      return versions.get(apiVersion);
    },
  };
}

/** What a definition serves, read without judging it. */
function entriesOf(definition: KubeObject): CatalogEntry[] {
  const { group, names, scope, versions } = fields(fields(definition)["spec"]) as Partial<Crd["spec"]>;
  const { kind, plural } = fields(names);
  if (typeof group !== "string" || typeof kind !== "string" || typeof plural !== "string") return [];
  if (!Array.isArray(versions)) return [];
  return versions.map(fields).flatMap(({ name, served }) =>
    typeof name === "string" && served === true
      ? [
          {
            group,
            version: name,
            apiVersion: `${group}/${name}`,
            kind,
            namespaced: scope === "Namespaced",
            plural,
            project: "tree",
          },
        ]
      : [],
  );
}

function nameOf({ object }: ManifestDocument): unknown {
  return object.metadata?.name;
}

function differ([first, ...others]: readonly ManifestDocument[]): boolean {
  const text = JSON.stringify(first?.object);
  return others.some(({ object }) => JSON.stringify(object) !== text);
}

function nearest(definitions: readonly ManifestDocument[], folder: string): ManifestDocument[] {
  const shared = ({ file }: ManifestDocument): number => {
    const [own, other] = [folder.split("/"), folderOf(file).split("/")];
    const end = own.findIndex((part, index) => part !== other[index]);
    return end === -1 ? own.length : end;
  };
  const most = Math.max(...definitions.map(shared));
  return definitions.filter((definition) => shared(definition) === most).slice(-1);
}

function folderOf(file: string | undefined): string {
  return file === undefined ? "" : file.slice(0, Math.max(file.lastIndexOf("/"), 0));
}

function lastOnes(catalog: readonly CatalogEntry[]): CatalogEntry[] {
  return [...new Map(catalog.map((entry) => [`${entry.apiVersion} ${entry.kind}`, entry])).values()];
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isMapping(value) ? value : {};
}
