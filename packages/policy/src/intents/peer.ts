import { assertLabel } from "@idstack/manifests";
import type { CiliumNetworkPolicy } from "@idstack/schemas/cilium.io/v2";
import { canonicalCidr, cidrContains } from "../internal/cidr.ts";
import { slug } from "../internal/names.ts";

type CiliumEgress = NonNullable<NonNullable<CiliumNetworkPolicy["spec"]>["egress"]>[number];

/** What Cilium calls places that are not pods, or not only pods: `world`, `kube-apiserver`, `host` … */
export type Entity = NonNullable<CiliumEgress["toEntities"]>[number];

/** `"apps/web"`: the pods of namespace `apps` labelled `app.kubernetes.io/name: web`. `"apps/*"`: all of the namespace. */
export type PodRef = `${string}/${string}`;

/** Pods by labels, where `app.kubernetes.io/name` is not what tells them apart. */
export interface PodLabels {
  readonly namespace: string;
  readonly labels: { readonly [key: string]: string };
}

export interface EntityPeer {
  readonly entity: Entity;
}

/**
 * Addresses outside the cluster. Cilium never matches pods or nodes by CIDR; other enforcers do, so that for these a wide
 * block needs the cluster's own addresses under `except`.
 */
export interface CidrPeer {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** A DNS name outside the cluster; `*` stands for any characters within one label. */
export interface FqdnPeer {
  readonly fqdn: string;
}

/** Where traffic may come from. */
export type FromPeer = PodRef | PodLabels | EntityPeer | CidrPeer;

/** Where traffic may go. */
export type ToPeer = FromPeer | FqdnPeer;

/** A peer after parsing. `labels: undefined` means every pod of the namespace. */
export type ResolvedPeer =
  | { readonly kind: "pods"; readonly namespace: string; readonly labels: Readonly<Record<string, string>> | undefined }
  | { readonly kind: "entity"; readonly entity: Entity }
  | { readonly kind: "cidr"; readonly cidr: string; readonly except: readonly string[] }
  | { readonly kind: "fqdn"; readonly fqdn: string };

/** The pods of a namespace: the only peers a policy object can be about. */
export type PodsPeer = Extract<ResolvedPeer, { kind: "pods" }>;

const NAME_LABEL = "app.kubernetes.io/name";
const FQDN = /^(\*\*\.)?([-a-z0-9_*]+\.)*[-a-z0-9_*]+$/;

/** Parses a peer as people write it; TypeError says what is wrong with it. */
export function resolvePeer(peer: ToPeer, where: string): ResolvedPeer {
  if (typeof peer === "string") return podRef(peer, where);
  if ("entity" in peer) {
    if (peer.entity === "none") throw new TypeError(`${where}: the entity "none" matches nothing`);
    return { kind: "entity", entity: peer.entity };
  }
  if ("cidr" in peer) return cidrPeer(peer, where);
  if ("fqdn" in peer) return fqdnPeer(peer, where);
  assertLabel(peer.namespace, where);
  if (Object.keys(peer.labels).length === 0) {
    throw new TypeError(`${where}: no labels would match every pod; write "${peer.namespace}/*" if that is meant`);
  }
  for (const key of Object.keys(peer.labels)) {
    if (key.includes(":")) throw new TypeError(`${where}: write the label "${key}" without its source prefix`);
  }
  return { kind: "pods", namespace: peer.namespace, labels: { ...peer.labels } };
}

function podRef(text: string, where: string): ResolvedPeer {
  const [namespace = "", name = "", ...rest] = text.split("/");
  if (rest.length > 0 || name === "") throw new TypeError(`${where}: "${text}" is not "namespace/name"`);
  if (namespace === "*") {
    throw new TypeError(`${where}: "${text}" spans namespaces; write one allow for each namespace that is meant`);
  }
  assertLabel(namespace, where);
  if (name === "*") return { kind: "pods", namespace, labels: undefined };
  if (!/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(name)) {
    throw new TypeError(`${where}: "${name}" cannot be the value of the label ${NAME_LABEL}`);
  }
  return { kind: "pods", namespace, labels: { [NAME_LABEL]: name } };
}

function cidrPeer(peer: CidrPeer, where: string): ResolvedPeer {
  const cidr = canonicalCidr(peer.cidr, where);
  const except = (peer.except ?? []).map((block) => canonicalCidr(block, where));
  for (const block of except) {
    if (!cidrContains(cidr, block, where)) throw new TypeError(`${where}: except "${block}" lies outside "${cidr}"`);
  }
  return { kind: "cidr", cidr, except };
}

function fqdnPeer(peer: FqdnPeer, where: string): ResolvedPeer {
  const fqdn = peer.fqdn.toLowerCase().replace(/\.$/, "");
  if (!FQDN.test(fqdn) || fqdn.length > 255) throw new TypeError(`${where}: "${peer.fqdn}" is not a DNS name`);
  return { kind: "fqdn", fqdn };
}

/** The peer as part of object names: `web`, `all-pods`, `world`, `cidr-10-0-0-0-8`, `api.example.com`. */
export function peerSlug(peer: ResolvedPeer): string {
  switch (peer.kind) {
    case "pods":
      return peer.labels === undefined ? "all-pods" : Object.entries(peer.labels).map(labelSlug).join("-");
    case "entity":
      return peer.entity;
    case "cidr":
      return `cidr-${slug(peer.cidr).replaceAll(".", "-")}${peer.except.length > 0 ? "-except" : ""}`;
    case "fqdn":
      return slug(peer.fqdn);
  }
}

function labelSlug([key, value]: readonly [string, string]): string {
  return key === NAME_LABEL ? slug(value) : slug(`${key.slice(key.indexOf("/") + 1)}-${value}`);
}

/** The peer as messages name it. */
export function describePeer(peer: ResolvedPeer): string {
  switch (peer.kind) {
    case "pods":
      if (peer.labels === undefined) return `${peer.namespace}/*`;
      return `${peer.namespace}/${Object.entries(peer.labels)
        .map(([key, value]) => (key === NAME_LABEL ? value : `${key}=${value}`))
        .join(",")}`;
    case "entity":
      return peer.entity;
    case "cidr":
      return peer.cidr;
    case "fqdn":
      return peer.fqdn;
  }
}
