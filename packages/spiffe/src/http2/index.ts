export { type DrainOptions, drain } from "../tls/drain.ts";
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
export { type Peer, type PeerConnection, peerOf } from "../tls/peer.ts";
export { connect, type Http2ConnectOptions, type SpiffeHttp2ConnectOptions } from "./connect.ts";
export {
  createServer,
  type Http2ServerOptions,
  SpiffeHttp2Request,
  type SpiffeHttp2ServerOptions,
} from "./create-server.ts";
