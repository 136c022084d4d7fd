export type { JwtAuthority, JwtBundle, JwtBundleSource } from "../bundle/jwt-bundle.ts";
export type { FetchJwtSvidOptions, IssuedJwtSvid, JwtSvidSource } from "../svid/jwt-svid-source.ts";
export { type JwtSvidContent, parseJwtSvidInsecure } from "../svid/parse-jwt-svid.ts";
export { type ValidateJwtSvidOptions, type VerifiedJwtSvid, validateJwtSvid } from "../svid/validate-jwt-svid.ts";
export { JwtSource, type JwtSourceOptions } from "../workload-api/jwt-source.ts";
export { authorizationVerifier, type JwtAuthOptions } from "./authorization.ts";
export {
  type JwtMiddleware,
  type JwtMiddlewareOptions,
  type JwtRequest,
  type JwtServerRequest,
  jwtAuth,
} from "./jwt-auth.ts";
export { type JwtFetchOptions, jwtFetch } from "./jwt-fetch.ts";
export {
  type JwtMetadataOptions,
  jwtMetadata,
  type MetadataToSend,
  metadataVerifier,
  type ReceivedMetadata,
} from "./jwt-metadata.ts";
