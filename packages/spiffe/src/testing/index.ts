export type { NameConstraintsRequest, NameSubtree } from "../internal/x509/mint.ts";
export {
  FakeBundleEndpoint,
  type FakeBundleEndpointOptions,
  type FakeBundleResponse,
  startBundleEndpoint,
} from "./bundle-endpoint.ts";
export type { CaDefect } from "./ca-defects.ts";
export type { SvidDefect } from "./defects.ts";
export type { JwtDefect } from "./jwt-defects.ts";
export { ManualClock } from "./manual-clock.ts";
export { TestCa, type TestCaOptions, type TestKey, type TestSvid, type TestSvidOptions } from "./test-ca.ts";
export { TestJwtAuthority, type TestJwtAuthorityOptions, type TestTokenOptions } from "./test-jwt-authority.ts";
export { TestWitAuthority, type TestWitOptions } from "./test-wit-authority.ts";
export {
  type FakeJwtRequest,
  type FakeJwtState,
  type FakeWitState,
  FakeWorkloadApi,
  type FakeWorkloadApiOptions,
  type FakeWorkloadApiState,
  startWorkloadApi,
} from "./workload-api.ts";
export type { FakeFault, FakeMethod, FakeStatus } from "./workload-api-faults.ts";
