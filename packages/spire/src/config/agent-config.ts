import type { Diagnostic } from "@idstack/manifests";
import { SpiffeId, TrustDomain } from "@idstack/spiffe";
import { impossiblePorts, repeatedPlugins, throwErrors, unknownSettings } from "../internal/check-settings.ts";
import { healthChecks, plugin } from "../internal/server-blocks.ts";
import { AGENT_SETTINGS } from "../internal/settings.ts";
import type { AgentConfigOptions, WorkloadAttestor } from "./agent-options.ts";
import { type HclBlock, type HclValue, writeHcl } from "./hcl.ts";

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
 * - `spire/plugin-twice`, `spire/port` (errors): the agent would refuse to start.
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
  const settings = attributes(options);
  const findings: Diagnostic[] = [
    ...unknownSettings("agent", settings, AGENT_SETTINGS),
    ...repeatedPlugins(plugins(options)),
    ...impossiblePorts({ "agent.server_port": settings["server_port"], "health_checks.bind_port": options.healthPort }),
  ];
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
