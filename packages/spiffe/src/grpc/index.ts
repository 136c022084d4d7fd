export type { DrainOptions } from "../tls/drain.ts";
export type {
  AnonymousClientOptions,
  AnyPeerServerOptions,
  ConnectionPolicy,
  Refusal,
  SpiffeClientOptions,
  SpiffeOptions,
  SpiffePeerServerOptions,
  WebCertificate,
  WebCertificateServerOptions,
  WebPeerClientOptions,
} from "../tls/options.ts";
export type { Peer } from "../tls/peer.ts";
export { type Binding, type BindOptions, bind } from "./bind.ts";
export { type CredentialsOptions, spiffeCredentials } from "./credentials.ts";
export { type GrpcCall, peerOf } from "./peer.ts";
