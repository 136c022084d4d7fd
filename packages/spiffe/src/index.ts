// For applications.

// For libraries.
export { marshalBundleMap, parseBundleMap } from "./bundle/bundle-map.ts";
export {
  type JwtAuthority,
  type JwtBundle,
  JwtBundleSet,
  type JwtBundleSource,
  marshalJwtBundle,
  type ParseJwtBundleOptions,
  parseJwtBundle,
} from "./bundle/jwt-bundle.ts";
export type { BundleLimits } from "./bundle/limits.ts";
export {
  type AnyBundleSource,
  marshalSpiffeBundle,
  parseSpiffeBundle,
  type SpiffeBundle,
  SpiffeBundleSet,
  type SpiffeBundleSource,
} from "./bundle/spiffe-bundle.ts";
export {
  marshalX509Bundle,
  parseX509Bundle,
  type X509Bundle,
  X509BundleSet,
  type X509BundleSource,
} from "./bundle/x509-bundle.ts";
export { type Clock, systemClock } from "./clock.ts";
export {
  type BundleErrorCode,
  type DevErrorCode,
  type FederationErrorCode,
  type FileErrorCode,
  type IdErrorCode,
  type JwtErrorCode,
  type PeerErrorCode,
  type SourceErrorCode,
  SpiffeError,
  type SpiffeErrorCode,
  type SpiffeErrorDetails,
  type VerificationErrorCode,
  type WitErrorCode,
  type WorkloadApiErrorCode,
} from "./errors.ts";
export { type Authorize, exact, type IdMatcher, memberOf, oneOf, pathPrefix } from "./id/authorize.ts";
export { SpiffeId } from "./id/spiffe-id.ts";
export { TrustDomain } from "./id/trust-domain.ts";
export type { JwtAlgorithm } from "./internal/jwt/algorithms.ts";
export type { JwksOptions } from "./internal/jwt/jwks.ts";
export type { FetchJwtSvidOptions, IssuedJwtSvid, JwtSvidSource } from "./svid/jwt-svid-source.ts";
export { type JwtSvidContent, parseJwtSvidInsecure } from "./svid/parse-jwt-svid.ts";
export { type ValidateJwtSvidOptions, type VerifiedJwtSvid, validateJwtSvid } from "./svid/validate-jwt-svid.ts";
export {
  type VerificationLimits,
  type VerifiedX509Svid,
  type VerifyX509SvidOptions,
  verifyX509Svid,
} from "./svid/verify-x509-svid.ts";
export type { X509Context, X509ContextSource, X509Svid } from "./svid/x509-svid.ts";
export {
  type EncodedX509Svid,
  marshalX509Svid,
  type ParseX509SvidOptions,
  parseX509Svid,
} from "./svid/x509-svid-encoding.ts";
export { type Backoff, type BackoffOptions, exponentialBackoff } from "./workload-api/backoff.ts";
export {
  type BundleKind,
  type BundleSnapshot,
  BundleSource,
  type BundleSourceOptions,
} from "./workload-api/bundle-source.ts";
export {
  type CallOptions,
  type FetchOptions,
  type JwtSvid,
  type ValidatedJwtSvid,
  type WatchOptions,
  WorkloadApiClient,
  type WorkloadApiClientOptions,
} from "./workload-api/client.ts";
export { ENDPOINT_SOCKET_VARIABLE, type Endpoint, findEndpoint, parseEndpoint } from "./workload-api/endpoint.ts";
export { healthHandler } from "./workload-api/health-handler.ts";
export { JwtSource, type JwtSourceOptions } from "./workload-api/jwt-source.ts";
export type { WorkloadApiLimits } from "./workload-api/limits.ts";
export type { HealthSource, SourceHealth, SourceState } from "./workload-api/source-health.ts";
export type { SourceOptions } from "./workload-api/source-options.ts";
export type { X509Update } from "./workload-api/x509-response.ts";
export { X509Source, type X509SourceOptions } from "./workload-api/x509-source.ts";
