import { createServer as createTlsServer, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import { contextParameters, guard, HANDSHAKE_TIMEOUT_MS, serverOptions } from "../internal/tls/server.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { serverTrust } from "../internal/tls/trust.ts";
import type { AnyPeerServerOptions, ManagedTlsOption, SpiffeOptions, SpiffePeerServerOptions } from "./options.ts";
import type { SpiffeSocket } from "./peer.ts";

/** What `tls.createServer` takes besides, without the options that SPIFFE decides. */
export interface TlsServerOptions extends Omit<TlsOptions, ManagedTlsOption> {
  /** Milliseconds until a handshake has to be complete; a slower peer is cut off (`tlsClientError`). Default 10,000. */
  handshakeTimeout?: number | undefined;
}

/** Options of `createServer` with SPIFFE on both sides. */
export interface SpiffeServerOptions extends SpiffeOptions, TlsServerOptions {}

/**
 * A TLS server that admits only clients with a verified and authorized X.509-SVID. `onConnection` and every other
 * listener for `secureConnection` see verified peers only. With `present: { cert, key }` it shows a web certificate instead
 * of its SVID; with `peer: "none"` it shows its SVID and admits everybody.
 *
 * @throws TypeError for options that cannot work.
 *
 * @example
 * ```ts
 * import { createServer } from "@idstack/spiffe/tls";
 * import type { X509Source } from "@idstack/spiffe";
 * export const serve = (source: X509Source) =>
 *   createServer({ source, authorize: ["spiffe://homelab.internal/web"] }, (socket) => socket.end(`${socket.peer.id}`)).listen(8443);
 * ```
 */
export function createServer(
  options: SpiffePeerServerOptions & TlsServerOptions,
  onConnection?: (socket: SpiffeSocket) => void,
): Server;
export function createServer(
  options: AnyPeerServerOptions & TlsServerOptions,
  onConnection?: (socket: TLSSocket) => void,
): Server;
export function createServer(
  options: (SpiffePeerServerOptions | AnyPeerServerOptions) & TlsServerOptions,
  onConnection?: (socket: never) => void,
): Server {
  const [own, rest] = splitOptions<SpiffePeerServerOptions | AnyPeerServerOptions, TlsServerOptions>(options);
  const trust = serverTrust(own);
  const server = createTlsServer({ handshakeTimeout: HANDSHAKE_TIMEOUT_MS, ...rest, ...serverOptions(trust) });
  if (onConnection !== undefined) server.on("secureConnection", onConnection as (socket: TLSSocket) => void);
  return guard(server, trust, contextParameters(rest));
}
