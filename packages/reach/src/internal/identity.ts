import type { EndpointPort } from "@idstack/manifests";
import type { Address } from "./ip.ts";
import type { Label } from "./labels.ts";

/**
 * What the policy engine knows of one side of a flow. Pods with the same labels and ports share one identity, so every
 * match is computed once per identity and not once per pod.
 */
export interface Identity {
  /** Small integer, index into memo tables. */
  readonly id: number;
  readonly kind: "pod" | "node" | "external" | "reserved";
  readonly labels: ReadonlyMap<string, readonly Label[]>;
  /** Label keys whose presence the documents do not settle, e.g. labels of a Namespace that is not in the tree. */
  readonly openLabel: (key: string) => boolean;
  /** The address, where the facts give it. Undefined for pods and for names nobody resolved for us. */
  readonly address: Address | undefined;
  /** The DNS name through which a destination was reached. */
  readonly fqdn: string | undefined;
  readonly ports: readonly EndpointPort[];
  /** Set when no policy is enforced at this side; says why. */
  readonly unenforced: string | undefined;
}

export type IdentityInit = Omit<Identity, "id" | "labels"> & { readonly labels: readonly Label[] };

/** Hands out identities, one per distinct description. */
export class IdentityTable {
  readonly #known = new Map<string, Identity>();

  intern(init: IdentityInit, extraKey = ""): Identity {
    const labels = [...init.labels].sort((a, b) => compare(a.key, b.key) || compare(a.source, b.source));
    const key = JSON.stringify([
      init.kind,
      labels.map((label) => [label.source, label.key, label.value]),
      init.address?.text,
      init.fqdn,
      init.ports.map((port) => [port.name, port.port, port.protocol ?? "TCP"]),
      init.unenforced,
      extraKey,
    ]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const byKey = new Map<string, Label[]>();
    for (const label of labels) byKey.set(label.key, [...(byKey.get(label.key) ?? []), label]);
    const identity: Identity = { ...init, labels: byKey, id: this.#known.size };
    this.#known.set(key, identity);
    return identity;
  }
}

/** The label a selector key sees; `any` matches every source. */
export function lookup(identity: Identity, source: string, key: string): Label | undefined {
  const labels = identity.labels.get(key);
  if (labels === undefined) return undefined;
  return source === "any" ? labels[0] : labels.find((label) => label.source === source);
}

export function hasReserved(identity: Identity, name: string): boolean {
  return lookup(identity, "reserved", name) !== undefined;
}

/** `world`, or its per-family form in a dual-stack cluster. */
export function isWorld(identity: Identity): boolean {
  return hasReserved(identity, "world") || hasReserved(identity, "world-ipv4") || hasReserved(identity, "world-ipv6");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
