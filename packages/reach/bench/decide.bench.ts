/**
 * Decisions per second on a generated cluster: 500 pods in 25 namespaces, 200 policies. One decision is both sides of
 * one flow between one source and one destination on one port.
 *
 *     node --conditions=@idstack/source bench/decide.bench.ts
 */
import { performance } from "node:perf_hooks";
import type { KubeObject } from "@idstack/manifests";
import { createCluster } from "../src/index.ts";

const NAMESPACES = 25;
const PODS = 500;
const POLICIES = 200;

const namespaceOf = (index: number): string => `ns${index % NAMESPACES}`;

function namespaces(): KubeObject[] {
  return Array.from({ length: NAMESPACES }, (_, index) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: `ns${index}`, labels: { team: `t${index % 5}` } },
  }));
}

function pods(): KubeObject[] {
  return Array.from({ length: PODS }, (_, index) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: namespaceOf(index),
      name: `pod${index}`,
      labels: { app: `app${index % 40}`, tier: `${index % 3}` },
    },
    spec: { containers: [{ name: "main", image: "x", ports: [{ name: "http", containerPort: 8000 + (index % 10) }] }] },
  }));
}

function policy(index: number): KubeObject {
  const peer = {
    matchLabels: { app: `app${(index * 7) % 40}`, "k8s:io.kubernetes.pod.namespace": namespaceOf(index * 3) },
  };
  const ports = [{ ports: [{ port: String(8000 + (index % 10)), protocol: "TCP" }] }];
  return {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { namespace: namespaceOf(index), name: `p${index}` },
    spec: {
      endpointSelector: index % 4 === 0 ? {} : { matchLabels: { tier: `${index % 3}` } },
      ingress: [{ fromEndpoints: [peer], toPorts: ports }, { fromEntities: ["remote-node"] }],
      egress: [{ toEndpoints: [{}] }, { toCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }] }],
      ...(index % 10 === 0 ? { ingressDeny: [{ fromEntities: ["world"] }] } : {}),
    },
  } as KubeObject;
}

function timed<T>(run: () => T): { readonly value: T; readonly ms: number } {
  const start = performance.now();
  const value = run();
  return { value, ms: performance.now() - start };
}

const objects = [...namespaces(), ...pods(), ...Array.from({ length: POLICIES }, (_, index) => policy(index))];
const { value: cluster, ms: built } = timed(() => createCluster({ objects, facts: { cni: "cilium" } }));
const name = (index: number): string => `${namespaceOf(index)}/pod${index}`;

let allowed = 0;
const single = timed(() => {
  const questions = 20_000;
  for (let index = 0; index < questions; index++) {
    const from = (index * 7919) % PODS;
    const to = (index * 104_729) % PODS;
    if (cluster.flow(name(from), name(to), 8000 + (index % 10)).verdict === "allowed") allowed += 1;
  }
  return questions;
});
const matrix = timed(() => cluster.flow("*", "*", "tcp/8000").pairs.length);

const rate = ({ value, ms }: { value: number; ms: number }): string =>
  `${Math.round((value / ms) * 1000).toLocaleString("en")}/s`;
console.log(`${PODS} pods, ${POLICIES} policies: built in ${built.toFixed(0)} ms`);
console.log(
  `single flows: ${single.value.toLocaleString("en")} decisions, ${rate(single)}, ${((allowed / single.value) * 100).toFixed(0)} % allowed`,
);
console.log(`all pairs:    ${matrix.value.toLocaleString("en")} decisions, ${rate(matrix)}`);
