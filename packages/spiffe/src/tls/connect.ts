import type { ConnectionOptions, TLSSocket } from "node:tls";
import { connectVerified } from "../internal/tls/client.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { clientTrust } from "../internal/tls/trust.ts";
import type {
  AnonymousClientOptions,
  ManagedTlsOption,
  SpiffeClientOptions,
  SpiffeOptions,
  WebPeerClientOptions,
} from "./options.ts";
import type { SpiffeSocket } from "./peer.ts";

/** What `tls.connect` takes besides, without the options that SPIFFE decides. */
export interface TlsConnectOptions extends Omit<ConnectionOptions, ManagedTlsOption> {
  /** Milliseconds until the handshake has to be complete. Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/** Options of {@link connect} with SPIFFE on both sides. */
export interface SpiffeConnectOptions extends SpiffeOptions, TlsConnectOptions {}

/**
 * Opens a mutually authenticated TLS connection. The promise resolves after the server was verified and authorized;
 * until then nothing can be written. With `present: "none"` this side shows no SVID; with `peer: "web"` it shows its SVID to
 * a server that is verified by host name and public CAs.
 *
 * The server judges this side after the handshake (TLS 1.3): if it refuses, the socket closes (`ECONNRESET` or an early
 * end) and the server's `onRefused` knows the reason.
 *
 * @throws {@link SpiffeError} with a `VerificationErrorCode` or `unauthorized` if the server is refused, `web-pki`,
 * `handshake-timeout`, `no-svid`; Node's network errors as they are.
 *
 * @example
 * ```ts
 * import { connect } from "@idstack/spiffe/tls";
 * import type { X509Source } from "@idstack/spiffe";
 * export async function greet(source: X509Source): Promise<void> {
 *   const socket = await connect({ source, authorize: ["spiffe://homelab.internal/db"], host: "db.apps.svc", port: 5432 });
 *   socket.end(`hello ${socket.peer.id}`);
 * }
 * ```
 */
export async function connect(
  options: (SpiffeOptions | AnonymousClientOptions) & TlsConnectOptions,
): Promise<SpiffeSocket>;
export async function connect(options: WebPeerClientOptions & TlsConnectOptions): Promise<TLSSocket>;
export async function connect(options: SpiffeClientOptions & TlsConnectOptions): Promise<TLSSocket> {
  const [own, { handshakeTimeoutMs = 10_000, ...connection }] = splitOptions<SpiffeClientOptions, TlsConnectOptions>(
    options,
  );
  const trust = clientTrust(own);
  return new Promise((resolve, reject) => {
    connectVerified(connection, trust, handshakeTimeoutMs, (error, socket) => {
      if (socket === undefined) return reject(error);
      endInTime(socket, trust);
      resolve(socket);
    });
  });
}

function endInTime(socket: TLSSocket, { clock, endOfLife }: ReturnType<typeof clientTrust>): void {
  const end = endOfLife();
  if (end !== undefined)
    socket.once(
      "close",
      clock.schedule(() => socket.end(), end - clock.now()),
    );
}
