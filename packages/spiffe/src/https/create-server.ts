import { IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type Server, type ServerOptions } from "node:https";
import { contextParameters, guard, HANDSHAKE_TIMEOUT_MS, serverOptions } from "../internal/tls/server.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { serverTrust } from "../internal/tls/trust.ts";
import type { AnyPeerServerOptions, ManagedTlsOption, SpiffeOptions, SpiffePeerServerOptions } from "../tls/options.ts";
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

/** What `https.createServer` takes besides, without the options that SPIFFE decides. */
export interface HttpsServerOptions
  extends Omit<ServerOptions<typeof SpiffeRequest, typeof ServerResponse>, ManagedTlsOption | "IncomingMessage"> {
  /** Milliseconds until a handshake has to be complete; a slower peer is cut off (`tlsClientError`). Default 10,000. */
  handshakeTimeout?: number | undefined;
}

/** Options of `createServer` with SPIFFE on both sides. */
export interface SpiffeHttpsServerOptions extends SpiffeOptions, HttpsServerOptions {}

/**
 * An HTTPS server that admits only clients with a verified and authorized X.509-SVID: no handler runs for anybody else.
 * Rotated SVIDs reach it without a restart; open connections stay open. With `present: { cert, key }` it shows a web
 * certificate instead of its SVID; with `peer: "none"` it shows its SVID and admits everybody.
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
  options: SpiffePeerServerOptions & HttpsServerOptions,
  onRequest?: (req: SpiffeRequest, res: ServerResponse<SpiffeRequest>) => void,
): SpiffeHttpsServer;
export function createServer(
  options: AnyPeerServerOptions & HttpsServerOptions,
  onRequest?: (req: IncomingMessage, res: ServerResponse) => void,
): Server;
export function createServer(
  options: (SpiffePeerServerOptions | AnyPeerServerOptions) & HttpsServerOptions,
  onRequest?: (req: never, res: never) => void,
): SpiffeHttpsServer {
  const [own, rest] = splitOptions<SpiffePeerServerOptions | AnyPeerServerOptions, HttpsServerOptions>(options);
  const trust = serverTrust(own);
  const server = createHttpsServer<typeof SpiffeRequest, typeof ServerResponse>(
    { handshakeTimeout: HANDSHAKE_TIMEOUT_MS, ...rest, ...serverOptions(trust), IncomingMessage: SpiffeRequest },
    onRequest as ((req: SpiffeRequest, res: ServerResponse<SpiffeRequest>) => void) | undefined,
  );
  return guard(server, trust, contextParameters(rest));
}
