export {
  type Advice,
  type BuildContext,
  type Component,
  defineComponent,
  type Recipe,
  type Requirement,
} from "./component.ts";
export { loadComponents } from "./components.ts";
export { type CustomResourceDefinition, crdsDirectory, loadCrds, type ProjectCrd } from "./crds/load-crds.ts";
export { stripDescriptions } from "./crds/strip-descriptions.ts";
export { diagnose, type Finding, renderFindings } from "./doctor.ts";
export { RealError, type RealErrorCode } from "./errors.ts";
export { type InstallOptions, install } from "./install.ts";
export { findInstalled, type Installed, programPath } from "./installed.ts";
export type { LogFile } from "./internal/log-file.ts";
export type { ProgramResult, RunOptions } from "./internal/run-program.ts";
export type { ApiRequestOptions, ApiResponse } from "./kubernetes/api-client.ts";
export type { AnyObject } from "./kubernetes/resources.ts";
export {
  type CreateOptions,
  type Kubernetes,
  type KubernetesOptions,
  startKubernetes,
} from "./kubernetes/start-kubernetes.ts";
export {
  type CiliumAnswer,
  type CiliumEndpoint,
  type CiliumPolicy,
  type CiliumQuery,
  type CiliumRequest,
  type CiliumSide,
  ciliumPolicy,
} from "./peers/cilium-policy.ts";
export { type GoDecryptTimes, goDecryptTimes } from "./peers/go-sops-decrypt.ts";
export {
  type GoAuthorize,
  type GoChain,
  type GoChainAnswer,
  type GoIdAnswer,
  type GoServerEvent,
  type GoSpiffePeer,
  type GoSpiffePeerOptions,
  type GoSpiffeServer,
  type GoTokenAnswer,
  type GoWitAnswer,
  goSpiffePeer,
} from "./peers/go-spiffe-peer.ts";
export { type SopsOptions, type SopsVersion, sops, sopsVersions } from "./peers/sops.ts";
export { run } from "./run.ts";
export {
  renderAgentConfig,
  renderServerConfig,
  type SpireAgentFacts,
  type SpireServerFacts,
  type SpireTtl,
} from "./spire/config.ts";
export type { SpireAgent } from "./spire/spire-agent.ts";
export type { SpireEntry, SpireServer } from "./spire/spire-server.ts";
export {
  type Spire,
  type SpireAgentOptions,
  type SpireOptions,
  type SpireServerOptions,
  startSpire,
} from "./spire/start-spire.ts";
export { type Evidence, recordEvidence } from "./suites/evidence.ts";
export { Random } from "./suites/random.ts";
