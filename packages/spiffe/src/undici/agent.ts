import type { Duplex } from "node:stream";
import type { Agent, buildConnector, Client } from "undici";
import { optionalPeer } from "../internal/optional-peer.ts";
import { connectVerified } from "../internal/tls/client.ts";
import { isStillUsable } from "../internal/tls/judge.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { clientTrust, type Trust } from "../internal/tls/trust.ts";
import type { SpiffeClientOptions, SpiffeOptions } from "../tls/options.ts";

/** The part of undici that is used here. */
export type Undici = Pick<typeof import("undici"), "Agent" | "Client" | "Pool" | "fetch">;

/** What undici's `Agent` takes besides. HTTP/2 and pipelining are left to `/http2`: a connection carries one request at a time. */
export interface UndiciAgentOptions
  extends Omit<
    Agent.Options,
    | "allowH2"
    | "autoSelectFamily"
    | "autoSelectFamilyAttemptTimeout"
    | "connect"
    | "connectTimeout"
    | "factory"
    | "pipelining"
    | "maxCachedSessions"
  > {
  /** Milliseconds until the handshake has to be complete. Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/** Options of {@link spiffeAgent} with SPIFFE on both sides. */
export interface SpiffeUndiciAgentOptions extends SpiffeOptions, UndiciAgentOptions {}

/** @throws TypeError if undici is not installed. */
export function loadUndici(): Undici {
  return optionalPeer<Undici>("undici", "8", "@idstack/spiffe/undici");
}

/**
 * An `Agent` of the installed undici for SPIFFE mTLS, for its `request`, `fetch`, `stream` and `setGlobalDispatcher`.
 * New connections use the SVID and the bundles of that moment, and an idle one is used again only while this side has an
 * identity and the server would still be admitted.
 *
 * Node's own global `fetch` takes it as `dispatcher` only if Node contains the same major version of undici
 * (`process.versions.undici`); `spiffeFetch` always fits.
 *
 * A refused server fails the request with a `SpiffeError` before any byte of the request was written, `fetch` with a
 * TypeError that has it as `cause`.
 *
 * @throws TypeError for options that cannot work, and if undici is not installed.
 *
 * @example
 * ```ts
 * import { spiffeAgent } from "@idstack/spiffe/undici";
 * import type { X509Source } from "@idstack/spiffe";
 * import { request } from "undici";
 * export async function call(source: X509Source): Promise<string> {
 *   const dispatcher = spiffeAgent({ source, authorize: ["spiffe://homelab.internal/ns/apps/sa/api"] });
 *   const { body } = await request("https://api.apps.svc:8443/", { dispatcher });
 *   return body.text();
 * }
 * ```
 */
export function spiffeAgent(options: SpiffeClientOptions & UndiciAgentOptions): Agent {
  return agentOf(loadUndici(), options);
}

/** The same with a given copy of undici. */
export function agentOf(undici: Undici, options: SpiffeClientOptions & UndiciAgentOptions): Agent {
  const [own, { handshakeTimeoutMs = 10_000, ...rest }] = splitOptions<SpiffeClientOptions, UndiciAgentOptions>(
    options,
  );
  const trust = clientTrust(own);
  const path = rest.socketPath ?? undefined;
  const GuardedClient = guardedClient(undici.Client, trust, (slot) => connector(slot, trust, handshakeTimeoutMs, path));
  return new undici.Agent({
    ...rest,
    allowH2: false,
    pipelining: 1,
    factory: (origin, agentOptions) =>
      new undici.Pool(origin, {
        ...(agentOptions as object),
        factory: (poolOrigin, poolOptions) => new GuardedClient(poolOrigin, poolOptions as Client.Options),
      }),
  });
}

/** One connection at a time; before each request it is looked at again. */
function guardedClient(
  base: typeof Client,
  trust: Trust,
  connect: (slot: Slot) => buildConnector.connector,
): typeof Client {
  return class GuardedClient extends base {
    readonly #connection: Slot;

    constructor(origin: string | URL, options?: Client.Options) {
      const slot: Slot = { socket: undefined, endOfLife: undefined };
      super(origin, { ...options, connect: connect(slot) });
      this.#connection = slot;
    }

    // Without pipelining a pool gives a request to a client that does nothing else: what is destroyed was idle, and
    // undici opens another connection.
    override dispatch(...args: Parameters<Client["dispatch"]>): boolean {
      const { socket, endOfLife } = this.#connection;
      if (socket !== undefined && !isStillUsable(socket, endOfLife, trust)) socket.destroy();
      return super.dispatch(...args);
    }
  };
}

interface Slot {
  socket: Duplex | undefined;
  endOfLife: number | undefined;
}

function connector(slot: Slot, trust: Trust, timeoutMs: number, path: string | undefined): buildConnector.connector {
  return ({ hostname, protocol, port, servername, localAddress }, callback) => {
    if (protocol !== "https:") {
      callback(new TypeError(`${protocol}// is not https://: SPIFFE needs TLS`), null);
      return;
    }
    const target = {
      host: hostname,
      port: Number(port || 443),
      ...(path !== undefined && { path }),
      ...(servername && { servername }),
      ...(localAddress && { localAddress }),
    };
    connectVerified(target, trust, timeoutMs, (error, socket) => {
      if (socket === undefined) {
        callback(error ?? new Error("no connection"), null);
        return;
      }
      slot.socket = socket;
      slot.endOfLife = trust.endOfLife();
      socket.setNoDelay(true).once("close", () => {
        if (slot.socket === socket) slot.socket = undefined;
      });
      callback(null, socket);
    });
  };
}
