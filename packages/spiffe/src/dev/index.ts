export type { DevEntry, DevIdentities } from "./entry.ts";
export {
  type DevEnvironment,
  type DevEnvironmentConfig,
  type DevEnvironmentOptions,
  type DevTrustDomainConfig,
  readDevConfig,
  startDevEnvironment,
} from "./environment.ts";
export { DevWorkloadApi, type DevWorkloadApiOptions, startDevWorkloadApi } from "./start.ts";
export type { DevBundle } from "./trust-domain.ts";
