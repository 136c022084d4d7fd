export { DevWorkloadApi, type DevWorkloadApiOptions, startDevWorkloadApi } from "./start.ts";
export type { DevBundle } from "./trust-domain.ts";
