export type { SvidDefect } from "./defects.ts";
export type { JwtDefect } from "./jwt-defects.ts";
export { ManualClock } from "./manual-clock.ts";
export { TestCa, type TestIntermediateOptions, type TestSvid, type TestSvidOptions } from "./test-ca.ts";
export { TestJwtAuthority, type TestJwtAuthorityOptions, type TestTokenOptions } from "./test-jwt-authority.ts";
export {
  type FakeStatus,
  FakeWorkloadApi,
  type FakeWorkloadApiOptions,
  type FakeWorkloadApiState,
  startWorkloadApi,
} from "./workload-api.ts";
