export {
  ADMIN_SOCKET_VARIABLE,
  DelegatedIdentityClient,
  type DelegatedIdentityClientOptions,
  type DelegatedJwtSvid,
  type DelegatedWorkload,
  type DelegatedX509Update,
} from "./client.ts";
