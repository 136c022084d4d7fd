import type { EndpointPort } from "@idstack/manifests";

/** A pod, or the pods of one workload: what claims are about and what policies govern. */
export interface Endpoint {
  readonly namespace: string;
  /** Name of the workload. */
  readonly name: string;
  /** Kind of the workload, `Deployment`; `virtual` for pods that a chart or an operator will create. */
  readonly kind: string;
  readonly labels: { readonly [key: string]: string };
  readonly serviceAccount: string | undefined;
  /** The pod shares its node's network, so policies see the node and never the pod. */
  readonly hostNetwork: boolean;
  readonly ports: readonly EndpointPort[];
  /** File and line, or the chart the endpoint was read from. */
  readonly source: string;
}
