import { describe, expect, test } from "vitest";
import { type AgentConfigOptions, agentConfig, checkAgentConfig } from "../../src/index.ts";

const base: AgentConfigOptions = {
  trustDomain: "homelab.internal",
  serverAddress: "spire-server.spire",
  cluster: "home",
  workloadAttestors: [{ type: "k8s" }],
  bootstrap: { bundlePath: "/run/spire/bundle/bundle.crt" },
};

describe("agentConfig", () => {
  test("writes a complete agent.conf", () => {
    expect(agentConfig(base)).toMatchInlineSnapshot(`
      "agent {
          trust_domain = "homelab.internal"
          server_address = "spire-server.spire"
          server_port = 8081
          socket_path = "/run/spire/agent-sockets/spire-agent.sock"
          data_dir = "/run/spire/data"
          log_level = "INFO"
          trust_bundle_path = "/run/spire/bundle/bundle.crt"
      }

      plugins {
          KeyManager "memory" {
              plugin_data {
              }
          }
          NodeAttestor "k8s_psat" {
              plugin_data {
                  cluster = "home"
              }
          }
          WorkloadAttestor "k8s" {
              plugin_data {
                  node_name_env = "MY_NODE_NAME"
              }
          }
      }

      health_checks {
          listener_enabled = true
          bind_address = "0.0.0.0"
          bind_port = "8080"
          live_path = "/live"
          ready_path = "/ready"
      }
      "
    `);
  });

  test("an agent on one machine joins with a token", () => {
    const text = agentConfig({
      trustDomain: "homelab.internal",
      serverAddress: "127.0.0.1",
      serverPort: 18081,
      workloadAttestors: [{ type: "unix", discoverWorkloadPath: true }],
      bootstrap: "insecure",
      keyManager: "disk",
      dataDir: "/tmp/agent",
      socketPath: "/tmp/agent/api.sock",
      adminSocketPath: "/tmp/agent-admin/api.sock",
      authorizedDelegates: ["spiffe://homelab.internal/cilium-operator"],
      healthPort: false,
      agent: { availability_target: "24h" },
    });
    for (const line of [
      'NodeAttestor "join_token" {',
      "insecure_bootstrap = true",
      "discover_workload_path = true",
      'directory = "/tmp/agent"',
      'authorized_delegates = ["spiffe://homelab.internal/cilium-operator"]',
      'availability_target = "24h"',
    ]) {
      expect(text).toContain(line);
    }
  });
});

describe("checkAgentConfig", () => {
  test("verified bootstrap and kubelet are clean", () => {
    expect(checkAgentConfig(base)).toEqual([]);
  });

  test("a misspelt passthrough setting is found with its path", () => {
    const options = { ...base, agent: { soket_path: "/x" } };
    expect(checkAgentConfig(options)).toMatchObject([{ path: "agent.soket_path", help: "Did you mean socket_path?" }]);
    expect(() => agentConfig(options)).toThrow(/agent.soket_path/);
  });

  test("what weakens attestation is a warning", () => {
    const workloadAttestors = [{ type: "k8s", skipKubeletVerification: true }] as const;
    const findings = checkAgentConfig({ ...base, bootstrap: "insecure", workloadAttestors });
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "warning spire/insecure-bootstrap",
      "warning spire/unverified-kubelet",
    ]);
  });

  test("an attestor that is declared twice, and ports that are none, are errors", () => {
    const workloadAttestors = [
      { type: "unix" },
      { type: "k8s" },
      { type: "unix", discoverWorkloadPath: true },
    ] as const;
    const findings = checkAgentConfig({ ...base, workloadAttestors, serverPort: 0, healthPort: 70_000 });
    expect(findings.map(({ code, severity, path }) => `${severity} ${code} ${path}`)).toEqual([
      'error spire/plugin-twice plugins.WorkloadAttestor "unix"',
      "error spire/port agent.server_port",
      "error spire/port health_checks.bind_port",
    ]);
  });

  test("no workload attestor is an error", () => {
    expect(() => agentConfig({ ...base, workloadAttestors: [] })).toThrow(/no workload would get an identity/);
  });
});
