import type { Container, PodSpec } from "@idstack/schemas/v1";
import type { Path } from "./diagnostic.ts";
import type { ManifestDocument } from "./document.ts";
import { isMapping } from "./internal/plain.ts";
import { groupOf } from "./object-ref.ts";
import { getAt } from "./path.ts";
import type { EndpointPort } from "./virtual-endpoint.ts";

/** Kinds that {@link workloads} reads. */
export type WorkloadKind = "Pod" | "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "CronJob";

/** What a Pod, or a kind that makes pods, runs: one view over all of them. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly name: string;
  /** `default` if the object names none. */
  readonly namespace: string;
  /** Labels of the pods (of the template, not of the Deployment), which selectors of policies see. */
  readonly labels: { readonly [key: string]: string };
  /** Name of the ServiceAccount; `default` if the pods name none. */
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  /** As written: whether their fields have the right types is for `validate` to say. */
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  /** Ports that the containers, and init containers that keep running (sidecars), declare. */
  readonly ports: readonly EndpointPort[];
  readonly podSpec: PodSpec;
  /** Path of the pod spec in the document: `["spec", "template", "spec"]` for a Deployment. */
  readonly podSpecPath: Path;
  readonly document: ManifestDocument;
}

const podPaths: Readonly<Record<WorkloadKind, { readonly group: string; readonly path: Path }>> = {
  Pod: { group: "", path: [] },
  Deployment: { group: "apps", path: ["spec", "template"] },
  StatefulSet: { group: "apps", path: ["spec", "template"] },
  DaemonSet: { group: "apps", path: ["spec", "template"] },
  ReplicaSet: { group: "apps", path: ["spec", "template"] },
  Job: { group: "batch", path: ["spec", "template"] },
  CronJob: { group: "batch", path: ["spec", "jobTemplate", "spec", "template"] },
};

/**
 * The workloads among documents, in their order. Patches, and objects without a readable pod spec, are left out.
 *
 * @example
 * ```ts
 * import { parseManifests, workloads } from "@idstack/manifests";
 * const { documents } = parseManifests("{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}, spec: {containers: []}}");
 * console.log(workloads(documents).map(({ namespace, name, labels }) => [namespace, name, labels]));
 * ```
 */
export function workloads(documents: readonly ManifestDocument[]): Workload[] {
  return documents.flatMap((document) => workload(document) ?? []);
}

function workload(document: ManifestDocument): Workload | undefined {
  const { object, patch } = document;
  if (patch || !Object.hasOwn(podPaths, object.kind)) return undefined;
  const kind = object.kind as WorkloadKind;
  const { group, path } = podPaths[kind];
  const template = getAt(object, path);
  const spec = getAt(template, ["spec"]);
  if (groupOf(object.apiVersion) !== group || !isMapping(spec)) return undefined;
  const podSpec = spec as unknown as PodSpec;
  const containers = list<Container>(spec["containers"]);
  const initContainers = list<Container>(spec["initContainers"]);
  const sidecars = initContainers.filter((container) => container.restartPolicy === "Always");
  return {
    kind,
    name: firstText(object.metadata?.name) ?? "",
    namespace: firstText(object.metadata?.namespace) ?? "default",
    labels: labelsOf(getAt(template, ["metadata", "labels"])),
    serviceAccount: firstText(spec["serviceAccountName"], spec["serviceAccount"]) ?? "default",
    hostNetwork: spec["hostNetwork"] === true,
    containers,
    initContainers,
    ports: [...containers, ...sidecars].flatMap((container) =>
      list<Record<string, unknown>>(container.ports).flatMap(endpointPort),
    ),
    podSpec,
    podSpecPath: [...path, "spec"],
    document,
  };
}

function list<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value.filter(isMapping) as T[]) : [];
}

function labelsOf(value: unknown): Record<string, string> {
  if (!isMapping(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

function endpointPort({ name, containerPort, protocol }: Record<string, unknown>): EndpointPort[] {
  if (typeof containerPort !== "number") return [];
  return [
    {
      ...(typeof name === "string" ? { name } : {}),
      port: containerPort,
      protocol: protocol === "UDP" || protocol === "SCTP" ? protocol : "TCP",
    },
  ];
}
