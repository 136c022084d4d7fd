import type { KubeObject, VirtualEndpoint } from "@idstack/manifests";
import type { Random } from "@idstack/tool-real";
import type { ClusterFacts } from "../src/index.ts";
import {
  ACCOUNTS,
  ADDRESSES,
  ADDRESSES_V6,
  API_SERVER,
  APPS,
  CONTAINER_PORTS,
  NAMES,
  NAMESPACES,
  NODES,
  POD_CIDR,
  POD_CIDR_V6,
  TIERS,
} from "./pools.ts";

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  readonly serviceAccount: string;
  readonly ports: readonly {
    readonly name?: string;
    readonly port: number;
    readonly protocol?: "TCP" | "UDP" | "SCTP";
  }[];
  /** Announced by a chart instead of standing among the objects. */
  readonly virtual: boolean;
  /** In the network of its node: to policies it is the node. */
  readonly hostNetwork: boolean;
}

/** A cluster without its policies. */
export interface TestCluster {
  readonly name: string;
  readonly ipv6: boolean;
  readonly hostFirewall: boolean;
  readonly enforcement: "default" | "always" | "never";
  readonly singleNode: boolean;
  readonly apiServerOnNode: boolean;
  readonly pods: readonly Pod[];
  readonly services: readonly KubeObject[];
  readonly groups: readonly KubeObject[];
}

export function generateCluster(random: Random): TestCluster {
  const pods = random.times(4, 7, (index) => generatePod(random, index));
  return {
    name: random.chance(0.2) ? "home" : "default",
    ipv6: random.chance(0.4),
    hostFirewall: random.chance(0.3),
    enforcement: random.weighted<TestCluster["enforcement"]>([
      [92, () => "default"],
      [6, () => "always"],
      [2, () => "never"],
    ]),
    singleNode: random.chance(0.4),
    apiServerOnNode: random.chance(0.6),
    pods,
    services: generateServices(random),
    groups: generateGroups(random),
  };
}

function generatePod(random: Random, index: number): Pod {
  const labels: Record<string, string> = { app: random.pick(APPS) };
  if (random.chance(0.6)) labels["tier"] = random.pick(TIERS);
  if (random.chance(0.3)) labels["app.kubernetes.io/name"] = random.pick(APPS);
  // Labels that are no part of an identity: no selector sees them.
  if (random.chance(0.2)) labels["pod-template-hash"] = "h1";
  if (random.chance(0.1)) labels["kubernetes.io/os"] = "linux";
  return {
    namespace: random.pick(NAMESPACES).name,
    name: `pod${index}`,
    labels,
    serviceAccount: random.pick(ACCOUNTS),
    ports: random.some(CONTAINER_PORTS, 0, 4),
    virtual: random.chance(0.3),
    // The first is an ordinary pod, so that there always is one.
    hostNetwork: index > 0 && random.chance(0.08),
  };
}

function generateServices(random: Random): KubeObject[] {
  return random
    .times(1, 3, (index) => index)
    .flatMap((index): KubeObject[] => {
      const namespace = random.pick(NAMESPACES).name;
      const metadata = { name: `svc${index}`, namespace, labels: { kind: random.pick(["internal", "external"]) } };
      const ports = [{ port: 80 }];
      if (random.chance(0.6)) {
        const selector = random.chance(0.7) ? { app: random.pick(APPS) } : { tier: random.pick(TIERS) };
        return [{ apiVersion: "v1", kind: "Service", metadata, spec: { selector, ports } } as KubeObject];
      }
      const addresses = random.some(ADDRESSES, 1, 3);
      return [
        { apiVersion: "v1", kind: "Service", metadata, spec: { ports } } as KubeObject,
        {
          apiVersion: "discovery.k8s.io/v1",
          kind: "EndpointSlice",
          metadata: { name: `svc${index}-1`, namespace, labels: { "kubernetes.io/service-name": `svc${index}` } },
          addressType: "IPv4",
          endpoints: [{ addresses }],
          ports: [{ port: 80, protocol: "TCP" }],
        } as KubeObject,
      ];
    });
}

const GROUP_BLOCKS = ["10.1.0.0/16", "10.1.2.0/24", "203.0.113.0/24", "192.0.2.1/32"] as const;

function generateGroups(random: Random): KubeObject[] {
  return ["office", "partner"].map((name) => ({
    apiVersion: "cilium.io/v2",
    kind: "CiliumCIDRGroup",
    metadata: { name, labels: { zone: random.pick(["a", "b"]), ...(random.chance(0.5) ? { site: "x" } : {}) } },
    spec: { externalCIDRs: random.some(GROUP_BLOCKS, 1, 3) },
  }));
}

/** What our engine is told about a cluster besides its policies. */
export interface View {
  readonly objects: readonly KubeObject[];
  readonly endpoints: readonly VirtualEndpoint[];
  readonly facts: ClusterFacts;
}

export function viewOf(cluster: TestCluster): View {
  return { ...objectsOf(cluster), facts: factsOf(cluster) };
}

/** A view that leaves out some of what it takes to decide. */
export function poorViewOf(random: Random, cluster: TestCluster): View {
  const { objects, endpoints, facts } = viewOf(cluster);
  const optional = ["nodes", "apiServer", "dns", "allServices"] as const;
  const leftOut = random.some(["Namespace", "Service", "EndpointSlice", "CiliumCIDRGroup"], 0, 4);
  const kept = Object.entries(facts).filter(([name]) => {
    if (name === "allServices" && leftOut.includes("Service")) return false;
    return !optional.some((fact) => fact === name) || random.chance(0.5);
  });
  return { objects: objects.filter(({ kind }) => !leftOut.includes(kind)), endpoints, facts: Object.fromEntries(kept) };
}

function factsOf(cluster: TestCluster): ClusterFacts {
  return {
    cni: "cilium",
    clusterName: cluster.name,
    hostFirewall: cluster.hostFirewall,
    policyEnforcement: cluster.enforcement,
    ipv6: cluster.ipv6,
    podCidr: cluster.ipv6 ? [POD_CIDR, POD_CIDR_V6] : POD_CIDR,
    nodes: cluster.singleNode ? NODES[0] : NODES,
    apiServer: cluster.apiServerOnNode ? NODES[0] : API_SERVER,
    dns: Object.fromEntries(Object.entries(NAMES).map(([name, address]) => [name, [address]])),
    allServices: true,
  };
}

/** Namespaces, workloads, services and groups as objects, and the pods that only a chart announces. */
function objectsOf(cluster: TestCluster): { objects: KubeObject[]; endpoints: VirtualEndpoint[] } {
  return {
    objects: [
      ...NAMESPACES.map(({ name, labels }) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } })),
      ...cluster.pods.filter(({ virtual }) => !virtual).map(workload),
      ...cluster.services,
      ...cluster.groups,
    ] as KubeObject[],
    endpoints: cluster.pods
      .filter(({ virtual }) => virtual)
      .map(({ virtual: _, ...pod }) => ({ ...pod, source: "a chart 1.0.0" })),
  };
}

function workload({ namespace, name, labels, serviceAccount, ports, hostNetwork }: Pod): KubeObject {
  const containers = [
    { name, image: name, ports: ports.map(({ port, ...rest }) => ({ ...rest, containerPort: port })) },
  ];
  const account = serviceAccount === "default" ? {} : { serviceAccountName: serviceAccount };
  const spec = { ...account, ...(hostNetwork ? { hostNetwork } : {}), containers };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace, name },
    spec: { template: { metadata: { labels }, spec } },
  } as KubeObject;
}

/** Everyone who can stand at an end of a flow, as flows name them. */
export function partiesOf(cluster: TestCluster): { party: string; destinationOnly?: boolean; sourceOnly?: boolean }[] {
  const addresses = cluster.ipv6 ? [...ADDRESSES, ...ADDRESSES_V6] : ADDRESSES;
  return [
    ...cluster.pods.map(({ namespace, name }) => ({ party: `${namespace}/${name}` })),
    { party: "entity:host" },
    ...(cluster.singleNode ? [] : [{ party: "entity:remote-node" }]),
    { party: "entity:kube-apiserver" },
    ...["health", "ingress", "unmanaged", "init"].map((name) => ({ party: `entity:${name}` })),
    ...addresses.map((address) => ({ party: `ip:${address}` })),
    ...Object.keys(NAMES).map((name) => ({ party: `fqdn:${name}`, destinationOnly: true })),
  ];
}
