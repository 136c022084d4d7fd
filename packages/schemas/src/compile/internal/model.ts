import type { CompactSchema, KindSchema } from "../../format.ts";
import { type Recording, type ServedSchema, splitApiVersion } from "../recording.ts";
import { compact } from "./compact.ts";
import { definitionName, isNative } from "./names.ts";
import { reachable, references } from "./references.ts";
import { shareRepeated } from "./repeated.ts";

/** One data file and one types file: a group version, or `meta/v1`, which has definitions only. */
export interface SchemaModule {
  readonly apiVersion: string;
  readonly kinds: ReadonlyMap<string, KindSchema>;
  /** Definitions at home here; `references` into other modules are resolved by {@link homeOf}. */
  readonly definitions: ReadonlyMap<string, CompactSchema>;
}

/** Group version of the definitions all others use: `ObjectMeta`, `LabelSelector`, `Quantity`, `IntOrString` … */
export const META = "meta/v1";

const META_AREAS = new Set(["meta.v1", "util.intstr", "api.resource", "pkg.runtime"]);

/** Turns the recordings into modules, sorted by apiVersion, each definition in exactly one of them. */
export function buildModules(recordings: readonly Recording[]): SchemaModule[] {
  const { definitions, areas } = nativeDefinitions(recordings);
  const groupVersions = recordings.map((recording) => shareKinds(recording.groupVersion, kindsOf(recording)));
  const needed = reachable(groupVersions.flatMap(schemasOf), definitions);
  const homes = new Map<string, Map<string, CompactSchema>>();
  for (const name of [...needed].sort()) {
    const schema = definitions.get(name);
    if (schema === undefined) continue; // at home in the group version that repeats it
    const home = homeOf(name, areas);
    homes.set(home, (homes.get(home) ?? new Map()).set(name, schema));
  }
  const all = [...groupVersions, { apiVersion: META, kinds: new Map(), definitions: new Map() }];
  return all
    .map((module) => ({
      ...module,
      definitions: new Map([...(homes.get(module.apiVersion) ?? []), ...module.definitions]),
    }))
    .sort((a, b) => (a.apiVersion < b.apiVersion ? -1 : 1));
}

/** The definitions a module needs from others, by the apiVersion of their home, sorted. */
export function importsOf(module: SchemaModule, modules: readonly SchemaModule[]): Map<string, string[]> {
  const everything = new Map(modules.flatMap((other) => [...other.definitions]));
  const home = new Map(
    modules.flatMap((other) => [...other.definitions.keys()].map((name) => [name, other.apiVersion])),
  );
  const out = new Map<string, string[]>();
  for (const name of [...reachable(schemasOf(module), new Map([...everything, ...module.definitions]))].sort()) {
    if (module.definitions.has(name)) continue;
    const source = home.get(name);
    if (source === undefined) throw new Error(`${module.apiVersion}: nothing defines ${name}`);
    out.set(source, [...(out.get(source) ?? []), name]);
  }
  return out;
}

function schemasOf(module: SchemaModule): CompactSchema[] {
  return [...[...module.kinds.values()].map((kind) => kind.schema), ...module.definitions.values()];
}

/** Every kind of a recording, sorted, nothing shared between them yet. */
export function kindsOf(recording: Recording): Map<string, KindSchema> {
  const { group, version } = splitApiVersion(recording.groupVersion);
  const kinds = new Map<string, KindSchema>();
  for (const [name, served] of Object.entries(recording.components.schemas)) {
    const kind = kindOf(served, group, version);
    const resource = kind === undefined ? undefined : recording.resources[kind];
    if (kind === undefined || resource === undefined) continue;
    kinds.set(kind, {
      namespaced: resource.namespaced,
      plural: pluralOf(kind, resource.path),
      ...(resource.status === true && { statusSubresource: true }),
      schema: kindSchema(compact(served, { native: isNative(name) }), recording.groupVersion, kind),
    });
  }
  return kinds;
}

/** A group version of these kinds; what they repeat becomes definitions. */
export function shareKinds(apiVersion: string, unsorted: ReadonlyMap<string, KindSchema>): SchemaModule {
  const kinds = new Map([...unsorted].sort(([a], [b]) => (a < b ? -1 : 1)));
  const named = [...kinds.values()].flatMap(({ schema }) => references(schema)).map(lastPart);
  const roots = new Map([...kinds].map(([kind, { schema }]) => [kind, schema]));
  const shared = shareRepeated(roots, new Set([...kinds.keys(), ...named]));
  const withShared = [...kinds].map(([kind, head]): [string, KindSchema] => [
    kind,
    { ...head, schema: shared.roots.get(kind) ?? head.schema },
  ]);
  return { apiVersion, kinds: new Map(withShared), definitions: shared.definitions };
}

function kindOf(served: ServedSchema, group: string, version: string): string | undefined {
  const gvks = served["x-kubernetes-group-version-kind"] as
    | { group: string; version: string; kind: string }[]
    | undefined;
  return gvks?.length === 1 && gvks[0]?.group === group && gvks[0].version === version ? gvks[0].kind : undefined;
}

/** A manifest always says what it is, which the served schema does not insist on. */
function kindSchema(schema: CompactSchema, apiVersion: string, kind: string): CompactSchema {
  const literal = (value: string): CompactSchema => ({ type: "string", enum: [value] });
  const { apiVersion: _, kind: __, ...fields } = schema.properties ?? {};
  const required = (schema.required ?? []).filter((name) => name !== "apiVersion" && name !== "kind");
  return {
    ...schema,
    properties: { apiVersion: literal(apiVersion), kind: literal(kind), ...fields },
    required: ["apiVersion", "kind", ...required],
  };
}

/** Last part of a collection path; a kind that only exists below another resource has no collection of its own. */
function pluralOf(kind: string, path: string): string {
  return path.includes("{name}") ? `${kind.toLowerCase()}s` : path.slice(path.lastIndexOf("/") + 1);
}

/** Every native schema once, and which group version each area (`core.v1`) belongs to. */
function nativeDefinitions(recordings: readonly Recording[]) {
  const definitions = new Map<string, CompactSchema>();
  const servedAs = new Map<string, string>();
  const areas = new Map<string, string>();
  for (const recording of recordings) {
    const { group, version } = splitApiVersion(recording.groupVersion);
    for (const [served, schema] of Object.entries(recording.components.schemas)) {
      if (!isNative(served)) continue;
      const name = definitionName(served);
      if ((servedAs.get(name) ?? served) !== served)
        throw new Error(`${served} and ${servedAs.get(name)} share a name`);
      servedAs.set(name, served);
      definitions.set(name, compact(schema, { native: true }));
      const kind = kindOf(schema, group, version);
      if (kind !== undefined && recording.resources[kind] !== undefined)
        areas.set(areaOf(name), recording.groupVersion);
    }
  }
  return { definitions, areas };
}

function homeOf(name: string, areas: ReadonlyMap<string, string>): string {
  const area = areaOf(name);
  const home = META_AREAS.has(area) ? META : areas.get(area);
  if (home === undefined) throw new Error(`no group version is home to ${name}`);
  return home;
}

function areaOf(name: string): string {
  return name.slice(0, name.lastIndexOf("."));
}

/** `meta.v1.ObjectMeta` → `ObjectMeta`. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
