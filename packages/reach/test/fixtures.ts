import type { KubeObject, VirtualEndpoint } from "@idstack/manifests";
import {
  type ClusterFacts,
  type ClusterInput,
  createCluster,
  type FlowOptions,
  type Party,
  type Port,
} from "../src/index.ts";

/** A Deployment whose pods carry `app: <name>`. */
export function pods(
  party: `${string}/${string}`,
  options: {
    labels?: Record<string, string>;
    ports?: readonly { name?: string; containerPort: number; protocol?: string }[];
    hostNetwork?: boolean;
    serviceAccountName?: string;
    kind?: string;
  } = {},
): KubeObject {
  const [namespace = "", name = ""] = party.split("/");
  const {
    labels = { app: name },
    ports = [{ name: "http", containerPort: 8080 }],
    kind = "Deployment",
    ...spec
  } = options;
  const template = { metadata: { labels }, spec: { ...spec, containers: [{ name, image: name, ports }] } };
  const apiVersion = kind === "CronJob" || kind === "Job" ? "batch/v1" : "apps/v1";
  const body = kind === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  return { apiVersion, kind, metadata: { namespace, name }, spec: body } as KubeObject;
}

export function namespace(name: string, labels: Record<string, string> = {}): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

export function cnp(party: `${string}/${string}`, spec: unknown): KubeObject {
  const [namespace = "", name = ""] = party.split("/");
  const rules = Array.isArray(spec) ? { specs: spec } : { spec };
  return {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { namespace, name },
    ...rules,
  } as KubeObject;
}

export function ccnp(name: string, spec: unknown): KubeObject {
  return { apiVersion: "cilium.io/v2", kind: "CiliumClusterwideNetworkPolicy", metadata: { name }, spec } as KubeObject;
}

export function np(party: `${string}/${string}`, spec: unknown): KubeObject {
  const [namespace = "", name = ""] = party.split("/");
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace, name },
    spec,
  } as KubeObject;
}

export function virtual(
  party: `${string}/${string}`,
  labels: Record<string, string>,
  ports: VirtualEndpoint["ports"] = [],
): VirtualEndpoint {
  const [namespace = "", name = ""] = party.split("/");
  return { namespace, name, labels, serviceAccount: "default", ports, source: "a chart 1.0.0" };
}

/** Two namespaces with three workloads: enough for most rows. */
export const BASE: readonly KubeObject[] = [
  namespace("apps", { team: "a" }),
  namespace("data", { team: "b" }),
  pods("apps/web"),
  pods("apps/api", {
    ports: [
      { name: "http", containerPort: 8080 },
      { name: "dns", containerPort: 53, protocol: "UDP" },
    ],
  }),
  pods("data/db", { ports: [{ name: "pg", containerPort: 5432 }] }),
];

export function clusterOf(policies: readonly KubeObject[], facts: ClusterFacts = {}, input: ClusterInput = {}) {
  return createCluster({ objects: [...BASE, ...policies], facts: { cni: "cilium", ...facts }, ...input });
}

/** The verdict alone, for tables. */
export function verdict(
  policies: readonly KubeObject[],
  from: Party,
  to: Party,
  port?: Port,
  options?: FlowOptions,
  facts?: ClusterFacts,
): string {
  return clusterOf(policies, facts).flow(from, to, port, options).verdict;
}

/** Selects api; what its rules allow is asked from web, db and outside. */
export const API = { matchLabels: { app: "api" } };
