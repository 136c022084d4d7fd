import {
  type Diagnostic,
  documentsOf,
  type KubeObject,
  type ManifestDocument,
  type ObjectRef,
  type VirtualEndpoint,
} from "@idstack/manifests";
import type { Endpoint } from "./endpoint.ts";
import type { ClusterFacts } from "./facts.ts";
import type { Flow, FlowOptions } from "./flow.ts";
import { resolveFacts } from "./internal/cluster-facts.ts";
import { namespaceLabels, podIdentity, readEndpoints } from "./internal/endpoints.ts";
import { Engine } from "./internal/engine.ts";
import { evaluate } from "./internal/evaluate.ts";
import { type Governance, governanceOf } from "./internal/governance.ts";
import { IdentityTable } from "./internal/identity.ts";
import type { Model } from "./internal/model.ts";
import { readCidrGroups } from "./internal/normalize/cidr-groups.ts";
import { diagnoseOthers } from "./internal/normalize/other-policies.ts";
import { normalizePolicies, policyKind } from "./internal/normalize/policies.ts";
import { ServiceIndex } from "./internal/normalize/services.ts";
import { Places } from "./internal/places.ts";
import { resolveParty } from "./internal/resolve-party.ts";
import type { Party, Port } from "./party.ts";
import type { FlowResult } from "./result.ts";

export type { Governance, GoverningPolicy } from "./internal/governance.ts";

/** What {@link createCluster} takes. */
export interface ClusterInput {
  /** Parsed files, with positions (`readTree`, `parseManifests` of `@idstack/manifests`). */
  readonly documents?: readonly ManifestDocument[] | undefined;
  /** Plain objects, from builders. */
  readonly objects?: readonly KubeObject[] | undefined;
  /** Kustomize patches of the tree: they are not applied, only named. */
  readonly patches?: readonly ManifestDocument[] | undefined;
  /** Files that could not be read (templates, broken YAML): answers name them, since they may hold policies. */
  readonly unread?: readonly string[] | undefined;
  /** Pods that charts and operators will create. */
  readonly endpoints?: readonly VirtualEndpoint[] | undefined;
  readonly facts?: ClusterFacts | undefined;
}

/** A cluster as its manifests describe it, ready to answer questions about flows. */
export interface Cluster {
  /** The pods that flows and claims can name. */
  readonly endpoints: readonly Endpoint[];
  /** The policies that take part. */
  readonly policies: readonly ObjectRef[];
  /** Policies that are refused or hold constructs that are not evaluated, with their place. */
  readonly diagnostics: readonly Diagnostic[];
  /**
   * Decides a flow: every concrete pair of source and destination, egress and ingress, with the deciding rules.
   * Without a port it decides every port and protocol.
   *
   * @throws ReachError `no-endpoint` when a party selects nothing, `no-port` when the destination lacks a named port.
   * @throws TypeError when a party or port is not written in a form of {@link Party} or {@link Port}.
   */
  flow(from: Party, to: Party, port?: Port, options?: FlowOptions): FlowResult;
  flow(flow: Flow): FlowResult;
  /**
   * Which policies govern the pods of a party, and whether default deny is on.
   * @throws ReachError `no-endpoint` when it selects nothing.
   */
  policiesFor(party: Party): readonly Governance[];
}

/**
 * Builds a cluster from objects, pure: no file access, no network.
 *
 * @example
 * ```ts
 * const cluster = createCluster({ objects: [deployment, policy], facts: { cni: "cilium" } });
 * cluster.flow("apps/web", "apps/api", "tcp/8080").verdict; // "allowed", "denied", "mixed" or "unknown"
 * ```
 */
export function createCluster(input: ClusterInput): Cluster {
  const all = [...(input.documents ?? []), ...documentsOf(input.objects ?? [])].flatMap(unwrapList);
  const documents = all.filter((document) => !document.patch);
  const patches = [...(input.patches ?? []), ...all.filter((document) => document.patch)];
  const hasCilium = documents.some((document) => (policyKind(document) ?? "NetworkPolicy") !== "NetworkPolicy");
  const facts = resolveFacts(input.facts ?? {}, hasCilium);
  const services = new ServiceIndex(documents);
  const normalized = normalizePolicies(documents, { facts, services, groups: readCidrGroups(documents) });
  const general = diagnoseOthers(documents, patches, input.unread ?? [], facts);

  const table = new IdentityTable();
  const namespaces = namespaceLabels(documents);
  const found = readEndpoints(documents, input.endpoints ?? [], facts);
  const endpoints = found.map(({ endpoint }) => endpoint);
  const apiServerMatters = normalized.policies.some(({ document }) =>
    JSON.stringify(document.object).includes("kube-apiserver"),
  );
  const entries = found.map((item) => ({
    endpoint: item.endpoint,
    identity: item.endpoint.hostNetwork ? undefined : podIdentity(item, namespaces, facts, table),
  }));
  const model: Model = {
    facts,
    services,
    engine: new Engine(normalized.entries, facts),
    places: new Places(facts, table, normalized.entries, apiServerMatters),
    endpoints: entries,
    byName: Map.groupBy(entries, ({ endpoint }) => `${endpoint.namespace}/${endpoint.name}`),
    refused: normalized.refused,
    general,
  };
  return {
    endpoints,
    policies: normalized.policies.map(({ ref }) => ref),
    diagnostics: [...normalized.diagnostics, ...general],
    flow: (from: Party | Flow, to?: Party, port?: Port, options: FlowOptions = {}) => {
      if (typeof from === "object" && "from" in from) return evaluate(model, from.from, from.to, from.port, from);
      if (to === undefined) throw new TypeError("a flow needs a destination");
      return evaluate(model, from, to, port, options);
    },
    policiesFor: (party) => governanceOf(model, resolveParty(party, "to", model)),
  };
}

/** `kind: List` holds objects; parsed files come without it, objects from code may not. */
function unwrapList(document: ManifestDocument): ManifestDocument[] {
  const { items } = document.object as { items?: unknown };
  if (document.object.kind !== "List" || !Array.isArray(items)) return [document];
  return items.flatMap((item, index): ManifestDocument[] => {
    const [wrapped] = documentsOf([item as KubeObject]);
    if (wrapped === undefined) return [];
    return [
      { ...wrapped, file: document.file, locate: (path, part) => document.locate(["items", index, ...path], part) },
    ];
  });
}
