import { IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type Server, type ServerOptions } from "node:https";
import { contextParameters, guard, HANDSHAKE_TIMEOUT_MS, serverOptions } from "../internal/tls/server.ts";
import { trustOf } from "../internal/tls/trust.ts";
import type { ManagedTlsOption, SpiffeOptions } from "../tls/options.ts";
import { type Peer, peerOf } from "../tls/peer.ts";

/** A request from a verified and authorized peer. */
export class SpiffeRequest extends IncomingMessage {
  /** Who asks. */
  get peer(): Peer {
    return peerOf(this.socket);
  }
}

/** An HTTPS server whose requests know their peer. */
export type SpiffeHttpsServer = Server<typeof SpiffeRequest, typeof ServerResponse>;

/** Options of `createServer`: those of `https.createServer` without the ones that SPIFFE decides. */
export interface SpiffeHttpsServerOptions
  extends SpiffeOptions,
    Omit<ServerOptions<typeof SpiffeRequest, typeof ServerResponse>, ManagedTlsOption | "IncomingMessage"> {
  /** Milliseconds until a handshake has to be complete; a slower peer is cut off (`tlsClientError`). Default 10,000. */
  handshakeTimeout?: number | undefined;
}

/**
 * An HTTPS server that admits only clients with a verified and authorized X.509-SVID: no handler runs for anybody else.
 * Rotated SVIDs reach it without a restart; open connections stay open.
 *
 * @throws TypeError for options that cannot work.
 *
 * @example
 * ```ts
 * import { createServer } from "@idstack/spiffe/https";
 * import type { X509Source } from "@idstack/spiffe";
 * export const serve = (source: X509Source) =>
 *   createServer({ source, authorize: ["spiffe://homelab.internal/ns/apps/sa/web"] }, (req, res) => {
 *     res.end(`hello ${req.peer.id}`);
 *   }).listen(8443);
 * ```
 */
export function createServer(
  options: SpiffeHttpsServerOptions,
  onRequest?: (req: SpiffeRequest, res: ServerResponse<SpiffeRequest>) => void,
): SpiffeHttpsServer {
  const { source, authorize, onRefused, minVersion, clock, ...rest } = options;
  const trust = trustOf({ source, authorize, onRefused, minVersion, clock });
  const server = createHttpsServer<typeof SpiffeRequest, typeof ServerResponse>(
    { handshakeTimeout: HANDSHAKE_TIMEOUT_MS, ...rest, ...serverOptions, IncomingMessage: SpiffeRequest },
    onRequest,
  );
  return guard(server, trust, contextParameters(rest));
}
