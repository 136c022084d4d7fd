export type { ChartOutput, ChartRelease } from "@idstack/manifests";
export { SPIRE_CHARTS, type SpireChartOptions, type SpireChartOutput, spireChart } from "./chart/spire-chart.ts";
export { agentConfig, checkAgentConfig } from "./config/agent-config.ts";
export type { AgentConfigOptions, WorkloadAttestor } from "./config/agent-options.ts";
export { type HclBlock, type HclValue, writeHcl } from "./config/hcl.ts";
export { checkServerConfig, serverConfig } from "./config/server-config.ts";
export type {
  BundleEndpoint,
  FederatedServer,
  KeyManager,
  PsatCluster,
  ServerConfigOptions,
  ServerNodeAttestor,
} from "./config/server-options.ts";
export { SPIRE_VERSION } from "./config/versions.ts";
export type { NameOptions } from "./internal/resource-options.ts";
export {
  type ClusterFederatedTrustDomainOptions,
  clusterFederatedTrustDomain,
} from "./resources/cluster-federated-trust-domain.ts";
export {
  type ClusterSpiffeIdOptions,
  clusterSpiffeId,
  DEFAULT_SPIFFE_ID_TEMPLATE,
} from "./resources/cluster-spiffe-id.ts";
export { type ClusterStaticEntryOptions, clusterStaticEntry } from "./resources/cluster-static-entry.ts";
