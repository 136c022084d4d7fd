export type { Refusal, SpiffeOptions } from "../tls/options.ts";
export { type Peer, peerOf } from "../tls/peer.ts";
export { type SpiffeAgentOptions, spiffeAgent } from "./agent.ts";
export {
  createServer,
  type SpiffeHttpsServer,
  type SpiffeHttpsServerOptions,
  SpiffeRequest,
} from "./create-server.ts";
