import type { ManifestDocument, VirtualEndpoint, Workload } from "@idstack/manifests";
import { nameOf } from "./documents.ts";
import type { Install } from "./installs.ts";
import { mapAt, textAt, textOf } from "./read.ts";

/** A pod the audit knows of, whether it is written in the tree or something in the tree will create it. */
export interface KnownEndpoint extends VirtualEndpoint {
  /** What it was read from, for messages; virtual endpoints come without one. */
  readonly document?: ManifestDocument | undefined;
}

/** Pods of workloads, given virtual endpoints, and pods that operators create for their resources. */
export function knownEndpoints(
  workloads: readonly Workload[],
  virtual: readonly VirtualEndpoint[],
  ofKind: (group: string, ...kinds: readonly string[]) => readonly ManifestDocument[],
): KnownEndpoint[] {
  const written = workloads.map((workload) => ({
    namespace: workload.namespace,
    name: workload.name,
    labels: workload.labels,
    serviceAccount: workload.serviceAccount,
    ports: workload.ports,
    hostNetwork: workload.hostNetwork,
    source: workload.kind,
    document: workload.document,
  }));
  const known = new Set(virtual.map(({ namespace, name }) => `${namespace}/${name}`));
  const databases = ofKind("postgresql.cnpg.io", "Cluster", "Pooler")
    .map(databaseEndpoint)
    .filter(({ namespace, name }) => !known.has(`${namespace}/${name}`));
  return [...written, ...virtual, ...databases];
}

/** Pods of a CloudNativePG Cluster (one stands for all instances) or of a Pooler. */
function databaseEndpoint(document: ManifestDocument): KnownEndpoint {
  const { object } = document;
  const name = nameOf(object);
  const pooler = object.kind === "Pooler";
  const inherited = Object.entries(
    mapAt(object, "spec", ...(pooler ? ["template", "metadata", "labels"] : ["inheritedMetadata", "labels"])),
  ).flatMap(([key, value]) => (textOf(value) === undefined ? [] : [[key, String(value)]]));
  return {
    namespace: object.metadata?.namespace ?? "default",
    name,
    labels: {
      ...Object.fromEntries(inherited),
      ...(pooler
        ? {
            "cnpg.io/poolerName": name,
            "cnpg.io/podRole": "pooler",
            "cnpg.io/cluster": textAt(object, "spec", "cluster", "name") ?? "",
          }
        : { "cnpg.io/cluster": name, "cnpg.io/podRole": "instance" }),
    },
    serviceAccount: name,
    ports: [
      { name: "postgresql", port: 5432, protocol: "TCP" },
      { name: "status", port: 8000, protocol: "TCP" },
      { name: "metrics", port: pooler ? 9127 : 9187, protocol: "TCP" },
    ],
    source: "CloudNativePG",
    document,
  };
}

/** The pod a chart will most likely create: the labels every current chart sets, and no port. */
export function assumedEndpoint(install: Install): KnownEndpoint {
  return {
    namespace: install.namespace ?? "default",
    name: install.name,
    labels: {
      "app.kubernetes.io/name": install.chart ?? install.name,
      "app.kubernetes.io/instance": install.name,
    },
    ports: [],
    source: install.chart === undefined ? "assumed" : `assumed from chart ${install.chart}`,
    document: install.document,
  };
}
