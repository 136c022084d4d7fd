import { Agent, type AgentOptions } from "node:https";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { connectVerified } from "../internal/tls/client.ts";
import { type Trust, trustOf } from "../internal/tls/trust.ts";
import type { ManagedTlsOption, SpiffeOptions } from "../tls/options.ts";

/** Options of {@link spiffeAgent}: those of `https.Agent` without the ones that SPIFFE decides. */
export interface SpiffeAgentOptions extends SpiffeOptions, Omit<AgentOptions, ManagedTlsOption> {
  /** Milliseconds until the handshake has to be complete. Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/**
 * An `https.Agent` for SPIFFE mTLS, to be passed to `https.request` and every library that takes an agent. Connections
 * are kept alive (pass `keepAlive: false` otherwise); new ones use the SVID and the bundles of that moment. The host
 * name of the URL only says where to connect: who answers is decided by SPIFFE ID.
 *
 * A refused server fails the request with a `SpiffeError` before any byte of the request was written. A server that
 * refuses this side closes the connection: the request fails with `ECONNRESET` (rarely `EPIPE`), the reason stands in
 * the server's `onRefused`.
 *
 * @throws TypeError for options that cannot work.
 *
 * @example
 * ```ts
 * import { get } from "node:https";
 * import { spiffeAgent } from "@idstack/spiffe/https";
 * import type { X509Source } from "@idstack/spiffe";
 * export function call(source: X509Source): void {
 *   const agent = spiffeAgent({ source, authorize: ["spiffe://homelab.internal/ns/apps/sa/api"] });
 *   get("https://api.apps.svc:8443/", { agent }, (res) => res.pipe(process.stdout));
 * }
 * ```
 */
export function spiffeAgent(options: SpiffeAgentOptions): Agent {
  const { source, authorize, onRefused, minVersion, clock, handshakeTimeoutMs = 10_000, ...rest } = options;
  const trust = trustOf({ source, authorize, onRefused, minVersion, clock });
  return new SpiffeAgent(trust, handshakeTimeoutMs, rest);
}

class SpiffeAgent extends Agent {
  readonly #trust: Trust;
  readonly #handshakeTimeoutMs: number;

  constructor(trust: Trust, handshakeTimeoutMs: number, options: AgentOptions) {
    super({ keepAlive: true, ...options, maxCachedSessions: 0 });
    this.#trust = trust;
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
  }

  // The callback form gives the socket to the pool, and with it to a request, only when it is verified.
  override createConnection(
    options: ConnectionOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    connectVerified(options, this.#trust, this.#handshakeTimeoutMs, (error, socket) => {
      callback?.(error, socket as Duplex);
    });
    return undefined;
  }
}
