export type { DevEntry, DevIdentities } from "./entry.ts";
export { DevWorkloadApi, type DevWorkloadApiOptions, startDevWorkloadApi } from "./start.ts";
export type { DevBundle } from "./trust-domain.ts";
