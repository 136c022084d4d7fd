import {
  type CatalogEntry,
  catalog,
  type GroupVersionSchemas,
  type KindSchema,
  loadGroupVersion,
} from "@idstack/schemas";
import { closest } from "../closest.ts";
import { groupOf } from "../object-ref.ts";
import { orList } from "./describe.ts";
import type { Problem } from "./problem.ts";

/** The schema of a kind, or why there is none. */
export type SchemaLookup =
  | { readonly kind: KindSchema; readonly definitions: GroupVersionSchemas["definitions"]; readonly native: boolean }
  | { readonly problem: Problem };

const entries = new Map(catalog.map((entry) => [`${entry.apiVersion} ${entry.kind}`, entry]));
const byKind = Map.groupBy(catalog, ({ kind }) => kind);
const byGroup = Map.groupBy(catalog, ({ group }) => group);

/** Finds the schema for an object's `apiVersion` and `kind`. */
export function findSchema(apiVersion: string, kind: string): SchemaLookup {
  const entry = entries.get(`${apiVersion} ${kind}`);
  const schemas = entry === undefined ? undefined : loadGroupVersion(apiVersion);
  const found = schemas?.kinds[kind];
  if (entry === undefined || schemas === undefined || found === undefined) return { problem: whyNot(apiVersion, kind) };
  return { kind: found, definitions: schemas.definitions, native: entry.project === "kubernetes" };
}

function whyNot(apiVersion: string, kind: string): Problem {
  const group = groupOf(apiVersion);
  const others = byKind.get(kind) ?? [];
  const served = others.filter((entry) => entry.group === group);
  if (served.length > 0) {
    return {
      code: "unserved-version",
      path: ["apiVersion"],
      message: `${apiVersion} is not served for ${kind}`,
      help: `Use ${versions(served)}.`,
    };
  }
  const inGroup = byGroup.get(group);
  if (inGroup !== undefined) return unknownKind(apiVersion, kind, inGroup, others);
  return unknownGroup(apiVersion, kind, group, others);
}

function unknownKind(
  apiVersion: string,
  kind: string,
  inGroup: readonly CatalogEntry[],
  others: readonly CatalogEntry[],
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

function unknownGroup(apiVersion: string, kind: string, group: string, others: readonly CatalogEntry[]): Problem {
  const meant = closest(group, byGroup.keys());
  // Groups without a dot are Kubernetes' own, and all of these are recorded.
  if (meant === undefined && group.includes(".")) {
    return {
      code: "no-schema",
      severity: "info",
      path: ["apiVersion"],
      message: `no schema of ${apiVersion} ${kind} is recorded: this object was not checked`,
      help: "Check it with a dry run against a cluster that has its definition.",
    };
  }
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
