export { connect, type SpiffeConnectOptions, type TlsConnectOptions } from "./connect.ts";
export { createServer, type SpiffeServerOptions, type TlsServerOptions } from "./create-server.ts";
export { type DrainOptions, drain } from "./drain.ts";
export type {
  AnonymousClientOptions,
  AnyPeerServerOptions,
  ConnectionPolicy,
  ManagedTlsOption,
  Refusal,
  SpiffeClientOptions,
  SpiffeOptions,
  SpiffePeerServerOptions,
  WebCertificate,
  WebCertificateServerOptions,
  WebPeerClientOptions,
} from "./options.ts";
export { type Peer, type PeerConnection, peerOf, type SpiffeSocket } from "./peer.ts";
export { postgresTls } from "./postgres-tls.ts";
export { type SpiffeStream, type StreamOptions, streams } from "./stream.ts";
