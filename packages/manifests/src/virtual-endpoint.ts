/**
 * A pod that is not in the tree because a chart or an operator will create it.
 *
 * Builders of charts and operators return these beside their objects, so that claims about Authentik, CloudNativePG,
 * Traefik or Argo CD are about something.
 */
export interface VirtualEndpoint {
  readonly namespace: string;
  /** Workload name as claims address it: `security/authentik-server` has the name `authentik-server`. */
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  readonly serviceAccount?: string | undefined;
  readonly ports: readonly EndpointPort[];
  /** The pod shares its node's network: no label selector of a policy ever matches it. */
  readonly hostNetwork?: boolean | undefined;
  /** Where the labels and ports were read: chart or operator with its version, `authentik chart 2026.8.0`. */
  readonly source: string;
}

/** A port a container listens on (the target port, not a Service's). */
export interface EndpointPort {
  readonly name?: string | undefined;
  readonly port: number;
  readonly protocol?: "TCP" | "UDP" | "SCTP" | undefined;
}
