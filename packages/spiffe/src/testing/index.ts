export type { SvidDefect } from "./defects.ts";
export { ManualClock } from "./manual-clock.ts";
export { TestCa, type TestIntermediateOptions, type TestSvid, type TestSvidOptions } from "./test-ca.ts";
export {
  type FakeStatus,
  FakeWorkloadApi,
  type FakeWorkloadApiOptions,
  type FakeWorkloadApiState,
  startWorkloadApi,
} from "./workload-api.ts";
