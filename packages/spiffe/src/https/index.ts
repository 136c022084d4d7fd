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
export { type HttpsAgentOptions, type SpiffeAgentOptions, spiffeAgent } from "./agent.ts";
export {
  createServer,
  type HttpsServerOptions,
  type SpiffeHttpsServer,
  type SpiffeHttpsServerOptions,
  SpiffeRequest,
} from "./create-server.ts";
