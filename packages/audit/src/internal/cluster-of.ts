import type { VirtualEndpoint } from "@idstack/manifests";
import { type Cluster, type ClusterFacts, createCluster } from "@idstack/reach";
import type { AuditContext } from "../context.ts";
import { chartPods } from "./chart-pods.ts";
import { ciliumRules, kubernetesPolicies, selectsAll } from "./policy-subjects.ts";

/** Labels of the cluster's DNS on k3s, Talos and kubeadm alike. */
const dnsLabels = { "k8s-app": "kube-dns", "app.kubernetes.io/name": "coredns" };

/** The cluster that flows are asked of: pods of the tree and those that are certain or likely to be there besides. */
export function clusterOf(context: Omit<AuditContext, "cluster">, facts: ClusterFacts | undefined): Cluster {
  // Workloads are read from the documents again; everything else comes as a virtual endpoint.
  const written = new Set(context.workloads.map(({ document }) => document));
  const known = context.endpoints.filter(({ document }) => document === undefined || !written.has(document));
  const assumed = context.installs.flatMap((install) => chartPods(install, context));
  const endpoints = [...known, ...assumed.filter((each) => !known.some((other) => isSame(each, other)))];
  const all = [...context.endpoints, ...endpoints];
  const dns = all.some(({ labels }) => labels["k8s-app"] === "kube-dns") ? [] : [dnsEndpoint];
  const empty = closedNamespaces(context).filter((namespace) => !all.some((each) => each.namespace === namespace));
  return createCluster({
    documents: context.documents,
    endpoints: [...endpoints, ...dns, ...empty.map(placeholder)],
    facts,
  });
}

const dnsEndpoint: VirtualEndpoint = {
  namespace: "kube-system",
  name: "coredns",
  labels: dnsLabels,
  ports: [
    { name: "dns", port: 53, protocol: "UDP" },
    { name: "dns-tcp", port: 53, protocol: "TCP" },
  ],
  source: "assumed",
};

/** Stands for whatever will run in a namespace of which the tree holds only the policies. */
function placeholder(namespace: string): VirtualEndpoint {
  return { namespace, name: "any-pod", labels: {}, ports: [], source: "assumed" };
}

/** Namespaces with a policy for all of their pods. */
function closedNamespaces(context: Omit<AuditContext, "cluster">): string[] {
  const rules = [...kubernetesPolicies(context), ...ciliumRules(context, "CiliumNetworkPolicy")];
  const closed = rules.filter(({ selector }) => selectsAll(selector)).map(({ namespace }) => namespace ?? "default");
  return [...new Set(closed)];
}

function isSame(a: VirtualEndpoint, b: VirtualEndpoint): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}
