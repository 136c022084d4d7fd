import {
  type CatalogEntry,
  catalog,
  type GroupVersionSchemas,
  type KindSchema,
  loadGroupVersion,
} from "@idstack/schemas";
import { closest } from "../closest.ts";
import { groupOf } from "../object-ref.ts";
import type { SchemaSource } from "../schemas/schema-source.ts";
import { orList } from "./describe.ts";
import type { Problem } from "./problem.ts";

/** The schema of a kind, or why there is none. */
export type SchemaLookup =
  | { readonly kind: KindSchema; readonly definitions: GroupVersionSchemas["definitions"]; readonly native: boolean }
  | { readonly problem: Problem };

/** Kinds in the ways they are looked for. */
interface Index {
  readonly source: SchemaSource | undefined;
  /** The entries of the source; the others are built in. */
  readonly own: ReadonlySet<CatalogEntry>;
  readonly entries: ReadonlyMap<string, CatalogEntry>;
  readonly byKind: ReadonlyMap<string, readonly CatalogEntry[]>;
  readonly byGroup: ReadonlyMap<string, readonly CatalogEntry[]>;
}

const builtIn = indexOf(catalog, undefined);
const joined = new WeakMap<SchemaSource, Index>();
/** Every kind of these groups is known; of the others, projects have more kinds than are recorded. */
const nativeGroups = new Set(catalog.filter(({ project }) => project === "kubernetes").map(({ group }) => group));

/** Finds the schema for an object's `apiVersion` and `kind`, in `source` before the built-in ones. */
export function findSchema(apiVersion: string, kind: string, source?: SchemaSource): SchemaLookup {
  const index = source === undefined || source.catalog.length === 0 ? builtIn : indexWith(source);
  const entry = index.entries.get(`${apiVersion} ${kind}`);
  if (entry === undefined) return { problem: whyNot(apiVersion, kind, index) };
  const schemas = index.own.has(entry) ? index.source?.loadGroupVersion(apiVersion) : loadGroupVersion(apiVersion);
  const found = schemas?.kinds[kind];
  if (schemas === undefined || found === undefined) return { problem: unusable(apiVersion, kind) };
  return { kind: found, definitions: schemas.definitions, native: entry.project === "kubernetes" };
}

function indexWith(source: SchemaSource): Index {
  const known = joined.get(source);
  if (known !== undefined) return known;
  // No definition replaces what is compiled into the server.
  const own = source.catalog.filter(({ group, project }) => project === "kubernetes" || !nativeGroups.has(group));
  const replaced = new Set(own.map(({ group, kind }) => `${group}/${kind}`));
  const kept = catalog.filter(({ group, kind }) => !replaced.has(`${group}/${kind}`));
  const index = indexOf([...kept, ...own], source);
  joined.set(source, index);
  return index;
}

function indexOf(entries: readonly CatalogEntry[], source: SchemaSource | undefined): Index {
  return {
    source,
    own: new Set(source?.catalog),
    entries: new Map(entries.map((entry) => [`${entry.apiVersion} ${entry.kind}`, entry])),
    byKind: Map.groupBy(entries, ({ kind }) => kind),
    byGroup: Map.groupBy(entries, ({ group }) => group),
  };
}

function unusable(apiVersion: string, kind: string): Problem {
  return {
    code: "no-schema",
    severity: "info",
    path: ["apiVersion"],
    message: `the definition of ${apiVersion} ${kind} is faulty: this object was not checked`,
    help: "Correct the CustomResourceDefinition.",
  };
}

function whyNot(apiVersion: string, kind: string, index: Index): Problem {
  const group = groupOf(apiVersion);
  const others = index.byKind.get(kind) ?? [];
  const served = others.filter((entry) => entry.group === group);
  if (served.length > 0) {
    return {
      code: "unserved-version",
      path: ["apiVersion"],
      message: `${apiVersion} is not served for ${kind}`,
      help: `Use ${versions(served)}.`,
    };
  }
  const inGroup = index.byGroup.get(group);
  if (inGroup === undefined) return unknownGroup(apiVersion, kind, group, others, index);
  const complete = nativeGroups.has(group) || inGroup.some((entry) => isTypingError(kind, entry.kind));
  return complete ? unknownKind(apiVersion, kind, inGroup, others, index) : noSchema(apiVersion, kind);
}

/** Equal but for a short piece: a project rarely has two kinds of such names. */
function isTypingError(written: string, meant: string): boolean {
  let start = 0;
  while (start < meant.length && written[start] === meant[start]) start++;
  let end = 0;
  while (end < Math.min(written.length, meant.length) - start && written.at(-1 - end) === meant.at(-1 - end)) end++;
  const differing = Math.max(written.length, meant.length) - start - end;
  return differing <= Math.min(2, meant.length / 4) || written.toLowerCase() === meant.toLowerCase();
}

function unknownKind(
  apiVersion: string,
  kind: string,
  inGroup: readonly CatalogEntry[],
  others: readonly CatalogEntry[],
  { byKind }: Index,
): Problem {
  const meant = closest(kind, new Set(inGroup.map((entry) => entry.kind)));
  const elsewhere = closest(kind, byKind.keys());
  let help = `Use ${orList([...new Set(inGroup.map((entry) => entry.kind))])}.`;
  if (others.length > 0) help = `${kind} is served by ${versions(others)}.`;
  else if (meant !== undefined) help = `Did you mean ${meant}?`;
  else if (elsewhere !== undefined) help = `Did you mean ${elsewhere} of ${versions(byKind.get(elsewhere) ?? [])}?`;
  const path = others.length > 0 ? ["apiVersion"] : ["kind"];
  return { code: "unknown-kind", path, message: `${apiVersion} has no kind ${kind}`, help };
}

function unknownGroup(
  apiVersion: string,
  kind: string,
  group: string,
  others: readonly CatalogEntry[],
  { byGroup }: Index,
): Problem {
  const meant = closest(group, byGroup.keys());
  // Groups without a dot are Kubernetes' own, and all of these are recorded.
  if (meant === undefined && group.includes(".")) return noSchema(apiVersion, kind);
  const help =
    others.length > 0
      ? `${kind} is served by ${versions(others)}.`
      : meant === undefined
        ? "Check the spelling of apiVersion."
        : `Did you mean ${meant}?`;
  return { code: "unknown-group", path: ["apiVersion"], message: `there is no API group ${group}`, help };
}

function versions(entriesOfKind: readonly CatalogEntry[]): string {
  return orList([...new Set(entriesOfKind.map((entry) => entry.apiVersion))]);
}

function noSchema(apiVersion: string, kind: string): Problem {
  return {
    code: "no-schema",
    severity: "info",
    path: ["apiVersion"],
    message: `no schema of ${apiVersion} ${kind} is recorded: this object was not checked`,
    help: "Add its CustomResourceDefinition with idstack schemas add.",
  };
}
