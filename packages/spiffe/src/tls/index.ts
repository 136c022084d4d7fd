export { connect, type SpiffeConnectOptions } from "./connect.ts";
export { createServer, type SpiffeServerOptions } from "./create-server.ts";
export type { ManagedTlsOption, Refusal, SpiffeOptions } from "./options.ts";
export { type Peer, peerOf, type SpiffeSocket } from "./peer.ts";
