import {
  type AllowIntent,
  type AllowOptions,
  allow,
  type FromPeer,
  type PodLabels,
  type PortRef,
  type ToPeer,
} from "@idstack/policy";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { type HostAndPort, isAddress, parseApiServer, singleAddress } from "../internal/addresses.ts";

/**
 * Allows a connection between pods, writing policies only in namespaces that deny by default: a lone allow would
 * isolate pods of an open namespace from everything else. Nothing when both namespaces are open.
 */
export function connect(
  stack: StackDeclaration,
  from: PodLabels,
  to: PodLabels,
  port: number,
  http?: AllowOptions["http"],
): AllowIntent[] {
  const egress = deniesByDefault(stack, from.namespace);
  const ingress = deniesByDefault(stack, to.namespace);
  if (!egress && !ingress) return [];
  const sides = egress && ingress ? "both" : egress ? "egress" : "ingress";
  return [allow({ from, to, ports: [tcp(port)], sides, ...(http === undefined ? {} : { http }) })];
}

/** Allows pods to reach something that is no pod of the cluster, where their namespace denies by default. */
export function reachOut(stack: StackDeclaration, from: PodLabels, to: ToPeer, port: number): AllowIntent[] {
  return deniesByDefault(stack, from.namespace) ? [allow({ from, to, ports: [tcp(port)], sides: "egress" })] : [];
}

/** Whether pods of a namespace reach, and are reached by, only what a policy allows. */
export function deniesByDefault(stack: StackDeclaration, namespace: string): boolean {
  const declared = stack.namespaces[namespace];
  return declared !== undefined && declared.defaultDeny !== false;
}

/** The API server as a peer: by identity where the CNI knows it, by address elsewhere. */
export function apiServer(stack: StackDeclaration): { readonly peer: FromPeer; readonly port: number } {
  const { host, port } = apiServerAddress(stack);
  return {
    peer: stack.cluster.cni === "cilium" ? { entity: "kube-apiserver" } : { cidr: singleAddress(host) },
    port,
  };
}

/** Address and port of the API server; 6443 where the declaration names none. */
export function apiServerAddress({ cluster }: StackDeclaration): HostAndPort {
  const found = parseApiServer(cluster.apiServer);
  if (found === undefined) throw new TypeError(`cluster.apiServer: "${cluster.apiServer}" is not an address`);
  return found;
}

/** A host outside the cluster as a peer: by address if it is one, else by name. */
export function hostPeer(host: string): ToPeer {
  return isAddress(host) ? { cidr: singleAddress(host) } : { fqdn: host };
}

/** Host and port of an `https://` URL. */
export function urlHost(url: string): HostAndPort {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: port === "" ? 443 : Number(port) };
}

function tcp(port: number): PortRef {
  return `tcp/${port}`;
}
