import { createServer as createTlsServer, type Server, type TlsOptions } from "node:tls";
import { contextParameters, guard, HANDSHAKE_TIMEOUT_MS, serverOptions } from "../internal/tls/server.ts";
import { trustOf } from "../internal/tls/trust.ts";
import type { ManagedTlsOption, SpiffeOptions } from "./options.ts";
import type { SpiffeSocket } from "./peer.ts";

/** Options of `createServer`: those of `tls.createServer` without the ones that SPIFFE decides. */
export interface SpiffeServerOptions extends SpiffeOptions, Omit<TlsOptions, ManagedTlsOption> {
  /** Milliseconds until a handshake has to be complete; a slower peer is cut off (`tlsClientError`). Default 10,000. */
  handshakeTimeout?: number | undefined;
}

/**
 * A TLS server that admits only clients with a verified and authorized X.509-SVID. `onConnection` and every other
 * listener for `secureConnection` see verified peers only.
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
export function createServer(options: SpiffeServerOptions, onConnection?: (socket: SpiffeSocket) => void): Server {
  const { source, authorize, onRefused, minVersion, clock, ...rest } = options;
  const trust = trustOf({ source, authorize, onRefused, minVersion, clock });
  const server = createTlsServer({ handshakeTimeout: HANDSHAKE_TIMEOUT_MS, ...rest, ...serverOptions });
  if (onConnection !== undefined) server.on("secureConnection", (socket) => onConnection(socket as SpiffeSocket));
  return guard(server, trust, contextParameters(rest));
}
