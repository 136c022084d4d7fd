import {
  type EndpointPort,
  type ManifestDocument,
  type VirtualEndpoint,
  type Workload,
  workloads,
} from "@idstack/manifests";
import type { Endpoint } from "../endpoint.ts";
import type { ResolvedFacts } from "./cluster-facts.ts";
import type { Identity, IdentityTable } from "./identity.ts";
import {
  CLUSTER_KEY,
  isIdentityLabel,
  type Label,
  NAMESPACE_KEY,
  NAMESPACE_LABELS_PREFIX,
  SERVICE_ACCOUNT_KEY,
} from "./labels.ts";

const NAME_LABEL = "kubernetes.io/metadata.name";
/** Labels that controllers add to pods; no manifest holds their values. */
const CONTROLLER_LABELS = new Set([
  "apps.kubernetes.io/pod-index",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-completion-index",
  "controller-revision-hash",
  "controller-uid",
  "pod-template-generation",
  "pod-template-hash",
  "statefulset.kubernetes.io/pod-name",
]);
const JOB_LABELS = ["batch.kubernetes.io/job-name", "job-name"];

/** An endpoint with the ports by whose names policies may call them. */
export interface ReadEndpoint {
  readonly endpoint: Endpoint;
  readonly ports: readonly EndpointPort[];
}

/** Endpoints of the tree and those that charts and operators announce. */
export function readEndpoints(
  documents: readonly ManifestDocument[],
  virtual: readonly VirtualEndpoint[],
  facts: ResolvedFacts,
): ReadEndpoint[] {
  return [
    ...workloads(documents).map((workload) => ({
      endpoint: fromWorkload(workload),
      ports: facts.cni === "cilium" ? containerPorts(workload) : workload.ports,
    })),
    ...virtual.map((endpoint) => ({ endpoint: fromVirtual(endpoint), ports: endpoint.ports })),
  ];
}

/** Cilium reads port names from containers only: a sidecar among the init containers names none. */
function containerPorts({ containers, ports }: Workload): readonly EndpointPort[] {
  const key = (name = "", port = 0, protocol = "TCP"): string => `${name}/${port}/${protocol}`;
  const declared = containers.flatMap((container) => container.ports ?? []);
  const known = new Set(declared.map(({ name, containerPort, protocol }) => key(name, containerPort, protocol)));
  return ports.filter(({ name, port, protocol }) => known.has(key(name, port, protocol)));
}

function fromWorkload(workload: Workload): Endpoint {
  const { document, name } = workload;
  const position = document.locate([]);
  const place =
    document.file === undefined
      ? "given object"
      : `${document.file}${position === undefined ? "" : `:${position.line}`}`;
  const jobLabels = workload.kind === "Job" ? Object.fromEntries(JOB_LABELS.map((key) => [key, name])) : {};
  return {
    namespace: workload.namespace,
    name,
    kind: workload.kind,
    labels: { ...workload.labels, ...jobLabels },
    serviceAccount: workload.serviceAccount,
    hostNetwork: workload.hostNetwork,
    ports: workload.ports,
    source: place,
  };
}

function fromVirtual(endpoint: VirtualEndpoint): Endpoint {
  const { namespace, name, labels, serviceAccount, ports, source } = endpoint;
  return {
    namespace,
    name,
    kind: "virtual",
    labels,
    serviceAccount,
    hostNetwork: endpoint.hostNetwork ?? false,
    ports,
    source,
  };
}

/** Labels of the namespaces that are among the documents. */
export function namespaceLabels(
  documents: readonly ManifestDocument[],
): ReadonlyMap<string, { readonly [key: string]: string }> {
  const found = new Map<string, { readonly [key: string]: string }>();
  for (const { object } of documents) {
    if (object.kind !== "Namespace" || object.apiVersion !== "v1" || object.metadata?.name === undefined) continue;
    found.set(object.metadata.name, object.metadata.labels ?? {});
  }
  return found;
}

/** The identity a pod gets; not for pods in the host network, which have their node's. */
export function podIdentity(
  { endpoint, ports }: ReadEndpoint,
  namespaces: ReadonlyMap<string, { readonly [key: string]: string }>,
  facts: ResolvedFacts,
  table: IdentityTable,
): Identity {
  const { namespace } = endpoint;
  const sees = (key: string): boolean => facts.cni === "kubernetes" || isIdentityLabel(key);
  const declared = namespaces.get(namespace);
  const labels: Label[] = [];
  const add = (key: string, value: string): void => {
    if (sees(key)) labels.push({ source: "k8s", key, value });
  };
  for (const [key, value] of Object.entries(endpoint.labels)) {
    if (
      ![NAMESPACE_KEY, CLUSTER_KEY, SERVICE_ACCOUNT_KEY].includes(key) &&
      !key.startsWith(`${NAMESPACE_LABELS_PREFIX}.`)
    )
      add(key, value);
  }
  for (const [key, value] of Object.entries({ ...declared, [NAME_LABEL]: namespace }))
    add(`${NAMESPACE_LABELS_PREFIX}.${key}`, value);
  add(NAMESPACE_KEY, namespace);
  add(CLUSTER_KEY, facts.clusterName);
  if (endpoint.serviceAccount !== undefined) add(SERVICE_ACCOUNT_KEY, endpoint.serviceAccount);

  const openNamespace = declared === undefined;
  const openAccount = endpoint.serviceAccount === undefined;
  const cronJob = endpoint.kind === "CronJob";
  const openLabel = (key: string): boolean =>
    ((openNamespace && key.startsWith(`${NAMESPACE_LABELS_PREFIX}.`)) ||
      (openAccount && key === SERVICE_ACCOUNT_KEY) ||
      (cronJob && JOB_LABELS.includes(key)) ||
      CONTROLLER_LABELS.has(key)) &&
    sees(key);
  return table.intern(
    {
      kind: "pod",
      labels,
      openLabel,
      address: undefined,
      fqdn: undefined,
      ports,
      unenforced: undefined,
    },
    `${openNamespace}${openAccount}${cronJob}`,
  );
}
