import type { Diagnostic } from "@idstack/manifests";
import { SpiffeId, TrustDomain } from "@idstack/spiffe";
import { throwErrors, unknownSettings } from "../internal/check-settings.ts";
import { healthChecks, plugin } from "../internal/server-blocks.ts";
import { AGENT_SETTINGS } from "../internal/settings.ts";
import { type HclBlock, type HclValue, writeHcl } from "./hcl.ts";

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

/**
 * The `agent.conf` of the SPIRE agents of one server.
 *
 * Throws TypeError for every error that {@link checkAgentConfig} finds, SpiffeError for a malformed ID.
 *
 * @example
 * ```ts
 * import { agentConfig } from "@idstack/spire";
 * const text = agentConfig({
 *   trustDomain: "homelab.internal", serverAddress: "spire-server.spire", cluster: "home",
 *   workloadAttestors: [{ type: "k8s" }], bootstrap: { bundlePath: "/run/spire/bundle/bundle.crt" },
 * });
 * console.log(text.includes('WorkloadAttestor "k8s"')); // true
 * ```
 */
export function agentConfig(options: AgentConfigOptions): string {
  throwErrors("agentConfig", checkAgentConfig(options));
  return writeHcl([
    { type: "agent", attributes: attributes(options) },
    { type: "plugins", blocks: plugins(options) },
    ...healthChecks(options.healthPort ?? 8080),
  ]);
}

/**
 * Checks options of {@link agentConfig} without writing anything; paths are those of `agent.conf`.
 *
 * - `spire/unknown-setting` (error): the agent would refuse to start.
 * - `spire/no-attestor` (error): no workload would ever get an identity.
 * - `spire/insecure-bootstrap` (warning): the first server that answers is trusted.
 * - `spire/unverified-kubelet` (warning): whoever answers for the kubelet decides who a workload is.
 *
 * @example
 * ```ts
 * import { checkAgentConfig } from "@idstack/spire";
 * const findings = checkAgentConfig({
 *   trustDomain: "homelab.internal", serverAddress: "127.0.0.1", workloadAttestors: [{ type: "unix" }], bootstrap: "insecure",
 * });
 * console.log(findings.map((finding) => finding.code)); // [ 'spire/insecure-bootstrap' ]
 * ```
 */
export function checkAgentConfig(options: AgentConfigOptions): Diagnostic[] {
  const findings: Diagnostic[] = unknownSettings("agent", attributes(options), AGENT_SETTINGS);
  if (options.workloadAttestors.length === 0) {
    const message = "no workload attestor: no workload would get an identity";
    findings.push({ code: "spire/no-attestor", severity: "error", message, path: "plugins.WorkloadAttestor" });
  }
  if (options.bootstrap === "insecure") {
    const message = "the agent trusts the first server that answers, whoever that is";
    const help = "Give the server's CA certificates as bootstrap.bundlePath.";
    findings.push({
      code: "spire/insecure-bootstrap",
      severity: "warning",
      message,
      path: "agent.insecure_bootstrap",
      help,
    });
  }
  if (
    options.workloadAttestors.some((attestor) => attestor.type === "k8s" && attestor.skipKubeletVerification === true)
  ) {
    const message = "the kubelet's certificate is not verified";
    const path = "plugins.WorkloadAttestor.skip_kubelet_verification";
    findings.push({ code: "spire/unverified-kubelet", severity: "warning", message, path });
  }
  return findings;
}

function attributes(options: AgentConfigOptions): Record<string, HclValue | undefined> {
  const { bootstrap, authorizedDelegates } = options;
  return {
    trust_domain: TrustDomain.parse(options.trustDomain).name,
    server_address: options.serverAddress,
    server_port: options.serverPort ?? 8081,
    socket_path: options.socketPath ?? "/run/spire/agent-sockets/spire-agent.sock",
    admin_socket_path: options.adminSocketPath,
    data_dir: options.dataDir ?? "/run/spire/data",
    log_level: options.logLevel ?? "INFO",
    ...(bootstrap === "insecure" ? { insecure_bootstrap: true } : { trust_bundle_path: bootstrap.bundlePath }),
    authorized_delegates: authorizedDelegates?.map((id) => SpiffeId.parse(id).toString()),
    ...options.agent,
  };
}

function plugins(options: AgentConfigOptions): HclBlock[] {
  const { cluster, keyManager = "memory", dataDir = "/run/spire/data" } = options;
  return [
    plugin("KeyManager", keyManager, keyManager === "disk" ? { directory: dataDir } : {}),
    cluster === undefined ? plugin("NodeAttestor", "join_token", {}) : plugin("NodeAttestor", "k8s_psat", { cluster }),
    ...options.workloadAttestors.map(workloadAttestor),
    ...(options.plugins ?? []),
  ];
}

function workloadAttestor(attestor: WorkloadAttestor): HclBlock {
  if (attestor.type === "unix") {
    return plugin("WorkloadAttestor", "unix", { discover_workload_path: attestor.discoverWorkloadPath });
  }
  return plugin("WorkloadAttestor", "k8s", {
    node_name_env: "MY_NODE_NAME",
    kubelet_ca_path: attestor.kubeletCa,
    skip_kubelet_verification: attestor.skipKubeletVerification,
  });
}
