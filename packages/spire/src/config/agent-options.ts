import type { HclBlock, HclValue } from "./hcl.ts";

/** How workloads are recognised. */
export type WorkloadAttestor =
  | {
      /** Pods, by asking the kubelet; the node's name comes from the environment variable `MY_NODE_NAME`. */
      readonly type: "k8s";
      /** CA of the kubelets' certificates; the cluster's CA by default. */
      readonly kubeletCa?: string | undefined;
      /** Trust any kubelet certificate, which k3s and other self-signed kubelets need; off by default. */
      readonly skipKubeletVerification?: boolean | undefined;
    }
  | {
      /** Processes of a machine, by user and group. */
      readonly type: "unix";
      /** Add selectors for the program's path and hash; off by default. */
      readonly discoverWorkloadPath?: boolean | undefined;
    };

/** Options of {@link agentConfig}. */
export interface AgentConfigOptions {
  readonly trustDomain: string;
  readonly serverAddress: string;
  /** `8081` by default. */
  readonly serverPort?: number | undefined;
  /** Name of the cluster as the server's `k8s_psat` attestor has it; without it the agent joins with a token. */
  readonly cluster?: string | undefined;
  readonly workloadAttestors: readonly WorkloadAttestor[];
  /**
   * How the agent knows the server at first start: a file with its CA certificates, or `insecure`, which trusts whoever
   * answers and is for tests only.
   */
  readonly bootstrap: { readonly bundlePath: string } | "insecure";
  /** Workload API socket; `/run/spire/agent-sockets/spire-agent.sock` by default. */
  readonly socketPath?: string | undefined;
  /** `/run/spire/data` by default. */
  readonly dataDir?: string | undefined;
  /** `INFO` by default. */
  readonly logLevel?: "DEBUG" | "INFO" | "WARN" | "ERROR" | undefined;
  /** Keys of workloads stay in memory by default; `disk` keeps the agent's own over a restart. */
  readonly keyManager?: "memory" | "disk" | undefined;
  readonly adminSocketPath?: string | undefined;
  /** SPIFFE IDs that may fetch identities for others over the admin socket. */
  readonly authorizedDelegates?: readonly string[] | undefined;
  /** Port of `/live` and `/ready`; `8080` by default, `false` for none. */
  readonly healthPort?: number | false | undefined;
  /** Attributes of the `agent` block that these options do not model, merged last. */
  readonly agent?: Readonly<Record<string, HclValue>> | undefined;
  /** Further plug-in blocks. */
  readonly plugins?: readonly HclBlock[] | undefined;
}
