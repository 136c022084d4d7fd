import type { ClientRequest } from "node:http";
import { Agent, type AgentOptions, type RequestOptions } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { connectVerified } from "../internal/tls/client.ts";
import { isStillUsable } from "../internal/tls/judge.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { clientTrust, type Trust } from "../internal/tls/trust.ts";
import type { ManagedTlsOption, SpiffeClientOptions, SpiffeOptions } from "../tls/options.ts";

/** What `https.Agent` takes besides, without the options that SPIFFE decides. Connections are made directly, not through a proxy. */
export interface HttpsAgentOptions extends Omit<AgentOptions, ManagedTlsOption | "proxyEnv"> {
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

type CreateSocket = (
  this: Agent,
  request: ClientRequest,
  options: RequestOptions,
  done: (error: Error | null, socket?: Duplex) => void,
) => void;
/** Not in Node's types, but what agents of other makes override too: the one place that knows request and connection. */
const { createSocket } = Agent.prototype as unknown as { readonly createSocket: CreateSocket };

class SpiffeAgent extends Agent {
  /** Sockets in their handshake, by pool. Node counts them from the handshake on; until then they stand in its lists here. */
  readonly #pending = new Map<TLSSocket, string>();
  /** The request that a connection is being made for. */
  #asking: ClientRequest | undefined;
  readonly #ends = new WeakMap<Duplex, number>();
  readonly #trust: Trust;
  readonly #handshakeTimeoutMs: number;

  constructor(trust: Trust, handshakeTimeoutMs: number, options: AgentOptions) {
    super({ keepAlive: true, ...options, maxCachedSessions: 0 });
    this.#trust = trust;
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
    // Node hands a connection that comes free to a request that waits for one, past the pool.
    this.prependListener("free", (socket: Duplex) => {
      if (Object.keys(this.requests).length > 0 && !this.#isUsable(socket)) socket.destroy();
    });
  }

  createSocket(request: ClientRequest, options: RequestOptions, done: Parameters<CreateSocket>[2]): void {
    this.#asking = request;
    createSocket.call(this, request, options, done);
    this.#asking = undefined;
  }

  // The callback form gives the socket to the pool, and with it to a request, only when it is verified.
  override createConnection(
    options: ConnectionOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const pool = this.getName(options);
    const asking = this.#asking;
    const pending = connectVerified(options, this.#trust, this.#handshakeTimeoutMs, (error, socket) => {
      const expected = pending === undefined || this.#release(pending);
      if (asking !== undefined) Reflect.deleteProperty(asking, "destroy");
      const end = this.#trust.endOfLife();
      if (socket !== undefined && end !== undefined) this.#ends.set(socket, end);
      callback?.(error, socket as Duplex);
      if (error !== null && expected) setImmediate(() => this.#failWaiting(pool, error));
    });
    if (pending === undefined) return undefined;
    this.#pending.set(pending, pool);
    this.#opened(pool).push(pending);
    if (asking !== undefined) this.#giveUpWith(asking, pending, pool);
    return undefined;
  }

  /** Node tells nobody that a request without a socket was destroyed: its error would wait for the handshake. */
  #giveUpWith(request: ClientRequest, pending: TLSSocket, pool: string): void {
    const { destroy } = request;
    request.destroy = (error) => {
      destroy.call(request, error);
      // Unless others wait for this connection.
      if (!this.requests[pool]?.length && this.#release(pending)) pending.destroy(error ?? hangUp());
      return request;
    };
  }

  /** The open sockets of a pool, by which `maxSockets` is judged. */
  #opened(pool: string): Socket[] {
    const sockets = this.sockets as NodeJS.Dict<Socket[]>;
    const opened = sockets[pool] ?? [];
    sockets[pool] = opened;
    return opened;
  }

  /** Whether it was still expected. */
  #release(pending: TLSSocket): boolean {
    const pool = this.#pending.get(pending);
    if (pool === undefined) return false;
    this.#pending.delete(pending);
    const opened = this.#opened(pool);
    const at = opened.indexOf(pending);
    if (at !== -1) opened.splice(at, 1);
    if (opened.length === 0) delete (this.sockets as NodeJS.Dict<Socket[]>)[pool];
    return true;
  }

  // Node asks for the name of the pool right before it looks into it: the last moment to take out what may not be used.
  override getName(options?: RequestOptions): string {
    const name = super.getName(options);
    const free = this.freeSockets[name] ?? [];
    for (const socket of [...free]) {
      if (this.#isUsable(socket)) continue;
      free.splice(free.indexOf(socket), 1);
      socket.destroy();
    }
    return name;
  }

  #isUsable(socket: Duplex): boolean {
    return isStillUsable(socket, this.#ends.get(socket), this.#trust);
  }

  /** Requests queued behind `maxSockets` wait for a socket to come free. When none is left that could, they fail too. */
  #failWaiting(pool: string, error: Error): void {
    if (this.sockets[pool]?.length) return;
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

function hangUp(): Error {
  return Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
}
