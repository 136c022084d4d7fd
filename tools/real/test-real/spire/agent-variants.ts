import type { AgentConfigOptions } from "@idstack/spire";

const base: AgentConfigOptions = {
  trustDomain: "homelab.internal",
  serverAddress: "spire-server.spire",
  workloadAttestors: [{ type: "k8s" }],
  bootstrap: { bundlePath: "/run/spire/bundle/bundle.crt" },
};

/** Every option that `agentConfig` offers, in every form it takes. */
export const agentVariants: Readonly<Record<string, AgentConfigOptions>> = {
  "a join token": base,
  "a Kubernetes cluster": { ...base, cluster: "home" },
  "the kubelet's CA": { ...base, workloadAttestors: [{ type: "k8s", kubeletCa: "/run/kubelet/ca.crt" }] },
  "a kubelet that is not verified": { ...base, workloadAttestors: [{ type: "k8s", skipKubeletVerification: true }] },
  "processes of a machine": { ...base, workloadAttestors: [{ type: "unix" }] },
  "programs of a machine": { ...base, workloadAttestors: [{ type: "unix", discoverWorkloadPath: true }] },
  "pods and processes": { ...base, workloadAttestors: [{ type: "k8s" }, { type: "unix" }] },
  "no bundle to begin with": { ...base, bootstrap: "insecure" },
  "keys in memory": { ...base, keyManager: "memory" },
  "keys on disk": { ...base, keyManager: "disk", dataDir: "/var/lib/spire-agent" },
  addresses: { ...base, serverAddress: "10.0.0.1", serverPort: 18081, socketPath: "/run/spire/agent.sock" },
  delegates: {
    ...base,
    adminSocketPath: "/run/spire/admin/admin.sock",
    authorizedDelegates: ["spiffe://homelab.internal/delegate"],
  },
  "a log level": { ...base, logLevel: "WARN" },
  "no health endpoints": { ...base, healthPort: false },
  "health endpoints on another port": { ...base, healthPort: 18080 },
  "further settings": {
    ...base,
    agent: { workload_x509_svid_key_type: "rsa-2048", x509_svid_cache_max_size: 100, log_format: "json" },
  },
};
