import type { ClientRequest } from "node:http";
import { Agent, type AgentOptions, type RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { connectVerified } from "../internal/tls/client.ts";
import { isStillUsable } from "../internal/tls/judge.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { clientTrust, type Trust } from "../internal/tls/trust.ts";
import type { ManagedTlsOption, SpiffeClientOptions, SpiffeOptions } from "../tls/options.ts";

/** What `https.Agent` takes besides, without the options that SPIFFE decides. */
export interface HttpsAgentOptions extends Omit<AgentOptions, ManagedTlsOption> {
  /** Milliseconds until the handshake has to be complete. Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/** Options of {@link spiffeAgent} with SPIFFE on both sides. */
export interface SpiffeAgentOptions extends SpiffeOptions, HttpsAgentOptions {}

/**
 * An `https.Agent` for SPIFFE mTLS, to be passed to `https.request` and every library that takes an agent. Connections
 * are kept alive (pass `keepAlive: false` otherwise); new ones use the SVID and the bundles of that moment, and an idle one
 * is used again only while this side has an identity and the server would still be admitted. The host name of the URL
 * only says where to connect: who answers is decided by SPIFFE ID, unless `peer: "web"` leaves that to host name and
 * public CAs.
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
export function spiffeAgent(options: SpiffeClientOptions & HttpsAgentOptions): Agent {
  const [own, { handshakeTimeoutMs = 10_000, ...rest }] = splitOptions<SpiffeClientOptions, HttpsAgentOptions>(options);
  return new SpiffeAgent(clientTrust(own), handshakeTimeoutMs, rest);
}

class SpiffeAgent extends Agent {
  /** Sockets in their handshake, by pool. */
  readonly #pending = new Map<TLSSocket, string>();
  readonly #ends = new WeakMap<Duplex, number>();
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
    const pool = this.getName(options);
    const pending = connectVerified(options, this.#trust, this.#handshakeTimeoutMs, (error, socket) => {
      if (pending !== undefined) this.#pending.delete(pending);
      const end = this.#trust.endOfLife();
      if (socket !== undefined && end !== undefined) this.#ends.set(socket, end);
      callback?.(error, socket as Duplex);
      if (error !== null) setImmediate(() => this.#failWaiting(pool, error));
    });
    if (pending !== undefined) this.#pending.set(pending, pool);
    return undefined;
  }

  // Node asks for the name of the pool right before it looks into it: the last moment to take out what may not be used.
  override getName(options?: RequestOptions): string {
    const name = super.getName(options);
    const free = this.freeSockets[name] ?? [];
    for (const socket of [...free]) {
      if (isStillUsable(socket, this.#ends.get(socket), this.#trust)) continue;
      free.splice(free.indexOf(socket), 1);
      socket.destroy();
    }
    return name;
  }

  /** Also ends handshakes: they would keep the process alive. */
  override destroy(): void {
    for (const socket of this.#pending.keys()) socket.destroy();
    super.destroy();
  }

  /** Requests queued behind `maxSockets` wait for a socket to come free. When none is left that could, they fail too. */
  #failWaiting(pool: string, error: Error): void {
    if (this.sockets[pool]?.length || [...this.#pending.values()].includes(pool)) return;
    const waiting = this.requests as NodeJS.Dict<ClientRequest[]>;
    const requests = (waiting[pool] as ClientRequest[] | undefined) ?? [];
    delete waiting[pool];
    for (const request of requests) {
      if (request.closed || request.destroyed) continue;
      request.destroy();
      request.emit("error", error);
      request.emit("close");
    }
  }
}
