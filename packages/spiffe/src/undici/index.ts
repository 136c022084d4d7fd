export type {
  AnonymousClientOptions,
  ConnectionPolicy,
  Refusal,
  SpiffeClientOptions,
  SpiffeOptions,
  WebPeerClientOptions,
} from "../tls/options.ts";
export { type SpiffeUndiciAgentOptions, spiffeAgent, type UndiciAgentOptions } from "./agent.ts";
export { type SpiffeFetch, spiffeFetch } from "./fetch.ts";
