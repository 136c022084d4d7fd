import type { Diagnostic, ManifestDocument, SkippedDocument, TextFile, Workload } from "@idstack/manifests";
import { groupOf, type SchemaCode, schemasOf, validate, workloads } from "@idstack/manifests";
import type { Cluster } from "@idstack/reach";
import { guardTree } from "@idstack/sops";
import type { AuditInput } from "./audit.ts";
import { clusterOf } from "./internal/cluster-of.ts";
import { type KnownEndpoint, knownEndpoints } from "./internal/endpoints.ts";
import { type Install, installsOf } from "./internal/installs.ts";

/** What checks read: built once for a tree, with the expensive parts made when a check first asks for them. */
export interface AuditContext {
  /** Objects of the tree; patches are left out. */
  readonly documents: readonly ManifestDocument[];
  /** Every text file of the tree, manifests included. Empty when only objects were given. */
  readonly files: readonly TextFile[];
  /** Kustomizations, chart values and other documents that are no Kubernetes objects. */
  readonly skipped: readonly SkippedDocument[];
  /** What parsing reported: documents that could not be read. */
  readonly parseDiagnostics: readonly Diagnostic[];
  readonly workloads: readonly Workload[];
  /** Pods of the workloads, given virtual endpoints, and pods that operators create for resources of the tree. */
  readonly endpoints: readonly KnownEndpoint[];
  /** Charts and foreign manifests that something in the tree installs: their pods are not among the endpoints. */
  readonly installs: readonly Install[];
  /** The cluster as the policies of the tree shape it, with the endpoints above and likely pods of charts. Made once. */
  cluster(): Cluster;
  /** What `guardTree` of `@idstack/sops` says about the files. Made once. */
  sopsDiagnostics(): readonly Diagnostic[];
  /** Documents of these kinds in any version of the group. */
  ofKind(group: string, ...kinds: readonly string[]): readonly ManifestDocument[];
  /** What `validate` of `@idstack/manifests` says about a document. */
  schemaDiagnostics(document: ManifestDocument): readonly Diagnostic<SchemaCode>[];
}

/** Builds the context of an audit. */
export function auditContext(input: AuditInput): AuditContext {
  const documents = input.documents.filter((document) => !document.patch);
  const byKind = Map.groupBy(documents, ({ object }) => `${groupOf(object.apiVersion)}/${object.kind}`);
  const validated = new Map<ManifestDocument, readonly Diagnostic<SchemaCode>[]>();
  const { files = [], skipped = [] } = input;
  const ofKind: AuditContext["ofKind"] = (group, ...kinds) =>
    kinds.flatMap((kind) => byKind.get(`${group}/${kind}`) ?? []);
  const found = workloads(documents);
  const schemas = schemasOf(documents, input.schemas);
  let cluster: Cluster | undefined;
  let guarded: readonly Diagnostic[] | undefined;
  const context: Omit<AuditContext, "cluster"> = {
    documents,
    files,
    skipped,
    parseDiagnostics: input.diagnostics ?? [],
    workloads: found,
    endpoints: knownEndpoints(found, input.endpoints ?? [], ofKind),
    installs: installsOf({ documents, files, skipped, ofKind }),
    ofKind,
    sopsDiagnostics() {
      guarded ??= guardTree({ files });
      return guarded;
    },
    schemaDiagnostics(document) {
      const known = validated.get(document) ?? validate([document], { schemas });
      validated.set(document, known);
      return known;
    },
  };
  return {
    ...context,
    cluster() {
      cluster ??= clusterOf(context, input.facts);
      return cluster;
    },
  };
}
