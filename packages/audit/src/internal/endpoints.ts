import { getAt, type ManifestDocument, type VirtualEndpoint, type Workload } from "@idstack/manifests";
import { nameOf } from "./documents.ts";
import { mapAt, textAt } from "./read.ts";

/** A pod the audit knows of, whether it is written in the tree or something in the tree will create it. */
export interface KnownEndpoint extends VirtualEndpoint {
  /** What it was read from, for messages; virtual endpoints come without one. */
  readonly document?: ManifestDocument | undefined;
  /** Labels as selectors of policies see them: with those that Cilium derives from namespace and ServiceAccount. */
  readonly policyLabels: { readonly [key: string]: string };
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
  // A builder may have announced the same database; it says nothing of the roles, which policies do select by.
  const databases = ofKind("postgresql.cnpg.io", "Cluster", "Pooler").flatMap(databaseEndpoints);
  const namespaces = namespaceLabels(ofKind("", "Namespace"));
  return [...written, ...virtual, ...databases].map((endpoint) => ({
    ...endpoint,
    policyLabels: {
      ...namespaces.get(endpoint.namespace),
      [`${ofNamespace}kubernetes.io/metadata.name`]: endpoint.namespace,
      "io.kubernetes.pod.namespace": endpoint.namespace,
      "io.cilium.k8s.policy.serviceaccount": endpoint.serviceAccount ?? "default",
      ...endpoint.labels,
    },
  }));
}

const ofNamespace = "io.cilium.k8s.namespace.labels.";

function namespaceLabels(namespaces: readonly ManifestDocument[]): Map<string, Record<string, string>> {
  return new Map(
    namespaces.map(({ object }) => [
      nameOf(object),
      Object.fromEntries(
        Object.entries(object.metadata?.labels ?? {}).map(([key, value]) => [`${ofNamespace}${key}`, value]),
      ),
    ]),
  );
}

/** A pod of the tree, before the labels of policies are added. */
type PlainEndpoint = VirtualEndpoint & Pick<KnownEndpoint, "document">;

/** Pods of a CloudNativePG Cluster (one stands for all of a role) or of a Pooler. */
function databaseEndpoints(document: ManifestDocument): PlainEndpoint[] {
  const { object } = document;
  const name = nameOf(object);
  const pooler = object.kind === "Pooler";
  const inherited = mapAt(
    object,
    "spec",
    ...(pooler ? ["template", "metadata", "labels"] : ["inheritedMetadata", "labels"]),
  );
  const ownLabels = Object.fromEntries(
    Object.entries(inherited).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  const poolerLabels = {
    "cnpg.io/poolerName": name,
    "cnpg.io/podRole": "pooler",
    "cnpg.io/cluster": textAt(object, "spec", "cluster", "name") ?? "",
  };
  const roles = getAt(object, ["spec", "instances"]) === 1 ? ["primary"] : ["primary", "replica"];
  const instanceLabels = roles.map((role) => ({
    "cnpg.io/cluster": name,
    "cnpg.io/podRole": "instance",
    "cnpg.io/instanceRole": role,
    role,
  }));
  return (pooler ? [poolerLabels] : instanceLabels).map((labels) => ({
    namespace: object.metadata?.namespace ?? "default",
    name,
    labels: { ...ownLabels, ...labels },
    serviceAccount: name,
    ports: [
      { name: "postgresql", port: 5432, protocol: "TCP" },
      { name: "status", port: 8000, protocol: "TCP" },
      { name: "metrics", port: pooler ? 9127 : 9187, protocol: "TCP" },
    ],
    source: "CloudNativePG",
    document,
  }));
}
