import {
  type AllowIntent,
  type AllowOptions,
  allow,
  type FromPeer,
  type PodLabels,
  type PortRef,
  type ToPeer,
} from "@idstack/policy";
import type { StackDeclaration } from "../declaration.ts";

/**
 * Allows a connection between pods, writing policies only in namespaces that deny by default: a lone allow would
 * isolate pods of an open namespace from everything else. Nothing when both namespaces are open.
 */
export function connect(
  stack: StackDeclaration,
  from: PodLabels,
  to: PodLabels,
  ports: readonly PortRef[],
  http?: AllowOptions["http"],
): AllowIntent[] {
  const egress = deniesByDefault(stack, from.namespace);
  const ingress = deniesByDefault(stack, to.namespace);
  if (!egress && !ingress) return [];
  const sides = egress && ingress ? "both" : egress ? "egress" : "ingress";
  return [allow({ from, to, ports, sides, ...(http === undefined ? {} : { http }) })];
}

/** Allows pods to reach something outside the cluster's pods, where their namespace denies by default. */
export function reachOut(
  stack: StackDeclaration,
  from: PodLabels,
  to: ToPeer,
  ports: readonly PortRef[],
): AllowIntent[] {
  return deniesByDefault(stack, from.namespace) ? [allow({ from, to, ports, sides: "egress" })] : [];
}

/** Whether pods of a namespace reach, and are reached by, only what a policy allows. */
export function deniesByDefault(stack: StackDeclaration, namespace: string): boolean {
  const declared = stack.namespaces[namespace];
  return declared !== undefined && declared.defaultDeny !== false;
}

/** The API server as a peer: by identity where the CNI knows it, by address elsewhere. */
export function apiServer(stack: StackDeclaration): { readonly peer: FromPeer; readonly port: PortRef } {
  const { address, port } = apiServerAddress(stack);
  const prefix = address.includes(":") ? 128 : 32;
  return {
    peer: stack.cluster.cni === "cilium" ? { entity: "kube-apiserver" } : { cidr: `${address}/${prefix}` },
    port: `tcp/${port}` as PortRef,
  };
}

/** Address and port of the API server; 6443 where the declaration names none. */
export function apiServerAddress(stack: StackDeclaration): { readonly address: string; readonly port: number } {
  const match = /^\[?([^\]]+?)\]?(?::(\d+))?$/.exec(stack.cluster.apiServer);
  return { address: match?.[1] ?? stack.cluster.apiServer, port: Number(match?.[2] ?? 6443) };
}

/** Host and port of an `https://` URL as a peer: by name, or by address if the host is one. */
export function urlPeer(url: string): { readonly peer: ToPeer; readonly port: PortRef } {
  const { hostname, port } = new URL(url);
  return { peer: hostPeer(hostname), port: `tcp/${port === "" ? 443 : port}` as PortRef };
}

/** A host outside the cluster as a peer. */
export function hostPeer(host: string): ToPeer {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? { cidr: `${host}/32` } : { fqdn: host };
}
