import type { Endpoint } from "../endpoint.ts";
import type { PartyRef } from "../result.ts";
import type { ResolvedFacts } from "./cluster-facts.ts";
import type { Identity } from "./identity.ts";
import type { Places } from "./places.ts";

/** One concrete end of a flow. */
export interface Member {
  readonly ref: PartyRef;
  readonly identity: Identity;
  readonly endpoint?: Endpoint | undefined;
}

/** Who can be named in a flow. */
export interface Directory {
  readonly facts: ResolvedFacts;
  readonly places: Places;
  /** Endpoints with their identities; those in the host network have none of their own. */
  readonly endpoints: readonly Entry[];
  /** The same by `namespace/name`. */
  readonly byName: ReadonlyMap<string, readonly Entry[]>;
}

interface Entry {
  readonly endpoint: Endpoint;
  readonly identity: Identity | undefined;
}

/** The ends an endpoint stands for: itself, or its node as seen from near and far. */
export function membersOf(endpoint: Endpoint, identity: Identity | undefined, { places, facts }: Directory): Member[] {
  const base = { namespace: endpoint.namespace, labels: endpoint.labels };
  const name = `${endpoint.namespace}/${endpoint.name}`;
  if (identity !== undefined) return [{ ref: { ...base, name, kind: "pod" }, identity, endpoint }];
  // Cilium does not read the port names of pods in the host network.
  const ports = facts.cni === "cilium" ? [] : endpoint.ports;
  return places.nodes("all", ports).map((place) => ({
    ref: { ...base, name: `${name} (${["host network", place.detail].filter(Boolean).join(", ")})`, kind: "node" },
    identity: place.identity,
    endpoint,
  }));
}
