/**
 * What the manifests do not say about the cluster. Everything is optional: what is missing stays open, and a verdict
 * that hangs on it is `unknown` instead of a guess.
 */
export interface ClusterFacts {
  /** Address of the Kubernetes API server, a port after it is ignored: `"192.168.1.10"`, `"192.168.1.10:6443"`. */
  readonly apiServer?: string | readonly string[] | undefined;
  /**
   * Whether the API server runs on a node of this cluster (then it is also `host` or `remote-node`, and no CIDR rule
   * matches it) or outside (then it is also `world`). Default: derived from `nodes` and `nodeCidr`; otherwise both
   * are evaluated and must agree.
   */
  readonly apiServerOnNode?: boolean | undefined;
  /** Pod addresses, `"10.42.0.0/16"`. An IPv6 block makes the cluster dual-stack. */
  readonly podCidr?: string | readonly string[] | undefined;
  /** Service addresses. Policies never see them: they apply after load balancing. */
  readonly serviceCidr?: string | readonly string[] | undefined;
  /** Addresses of all nodes. Exactly one means a single-node cluster: there is no `remote-node`. */
  readonly nodes?: string | readonly string[] | undefined;
  /** The network the nodes live in, when their addresses are not listed. */
  readonly nodeCidr?: string | readonly string[] | undefined;
  /**
   * Who enforces: `cilium`, or a plugin that implements plain NetworkPolicy. Default: `cilium` when the objects hold a
   * Cilium policy, else `kubernetes`.
   */
  readonly cni?: "cilium" | "kubernetes" | undefined;
  /** Cilium's enforcement mode. Default: `default`. */
  readonly policyEnforcement?: "default" | "always" | "never" | undefined;
  /** Cilium's `cluster.name`. Default: `default`. */
  readonly clusterName?: string | undefined;
  /** Cilium's `hostFirewall.enabled`: only then do policies with a `nodeSelector` govern nodes. Default: false. */
  readonly hostFirewall?: boolean | undefined;
  /** Cilium's `ipv6.enabled`. Default: whether `podCidr` has an IPv6 block. */
  readonly ipv6?: boolean | undefined;
  /** Addresses of names outside the cluster, so that CIDR rules can be decided for `fqdn:` destinations. */
  readonly dns?: { readonly [name: string]: readonly string[] } | undefined;
  /**
   * The objects hold every Service of the cluster. Default: false, so `toServices` that names a Service which is not
   * there leaves the verdict open (the chart that creates it may simply not be rendered).
   */
  readonly allServices?: boolean | undefined;
}
