import {
  createSecureServer,
  type Http2SecureServer,
  Http2ServerRequest,
  type Http2ServerResponse,
  type SecureServerOptions,
} from "node:http2";
import { SpiffeRequest } from "../https/create-server.ts";
import { contextParameters, guard, HANDSHAKE_TIMEOUT_MS, serverOptions } from "../internal/tls/server.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { serverTrust } from "../internal/tls/trust.ts";
import type { AnyPeerServerOptions, ManagedTlsOption, SpiffeOptions, SpiffePeerServerOptions } from "../tls/options.ts";
import { type Peer, peerOf } from "../tls/peer.ts";

/** An HTTP/2 request from a verified and authorized peer; with `allowHTTP1` a caller of HTTP/1 sends a `SpiffeRequest`. */
export class SpiffeHttp2Request extends Http2ServerRequest {
  /** Who asks. */
  get peer(): Peer {
    return peerOf(this);
  }
}

/** What `http2.createSecureServer` takes besides, without the options that SPIFFE decides. */
export interface Http2ServerOptions
  extends Omit<SecureServerOptions, ManagedTlsOption | "Http1IncomingMessage" | "Http2ServerRequest"> {
  /** Milliseconds until a handshake has to be complete; a slower peer is cut off (`tlsClientError`). Default 10,000. */
  handshakeTimeout?: number | undefined;
}

/** Options of `createServer` with SPIFFE on both sides. */
export interface SpiffeHttp2ServerOptions extends SpiffeOptions, Http2ServerOptions {}

/**
 * An HTTP/2 server (`http2.createSecureServer`) that admits only clients with a verified and authorized X.509-SVID: no
 * session, stream or request event is for anybody else. `peerOf` knows the peer of a session and of a stream.
 *
 * @throws TypeError for options that cannot work.
 *
 * @example
 * ```ts
 * import { createServer } from "@idstack/spiffe/http2";
 * import type { X509Source } from "@idstack/spiffe";
 * export const serve = (source: X509Source) =>
 *   createServer({ source, authorize: ["spiffe://homelab.internal/web"] }, (req, res) => res.end(`hello ${req.peer.id}`)).listen(8443);
 * ```
 */
export function createServer(
  options: SpiffePeerServerOptions & Http2ServerOptions,
  onRequest?: (req: SpiffeHttp2Request, res: Http2ServerResponse) => void,
): Http2SecureServer;
export function createServer(
  options: AnyPeerServerOptions & Http2ServerOptions,
  onRequest?: (req: Http2ServerRequest, res: Http2ServerResponse) => void,
): Http2SecureServer;
export function createServer(
  options: (SpiffePeerServerOptions | AnyPeerServerOptions) & Http2ServerOptions,
  onRequest?: (req: never, res: never) => void,
): Http2SecureServer {
  const [own, rest] = splitOptions<SpiffePeerServerOptions | AnyPeerServerOptions, Http2ServerOptions>(options);
  const trust = serverTrust(own);
  const server = createSecureServer(
    {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      ...rest,
      ...serverOptions(trust),
      Http1IncomingMessage: SpiffeRequest,
      Http2ServerRequest: SpiffeHttp2Request as typeof Http2ServerRequest,
    },
    onRequest as ((req: Http2ServerRequest, res: Http2ServerResponse) => void) | undefined,
  );
  return guard(server, trust, contextParameters(rest));
}
