import type { ConnectionOptions } from "node:tls";
import { connectVerified } from "../internal/tls/client.ts";
import { trustOf } from "../internal/tls/trust.ts";
import type { ManagedTlsOption, SpiffeOptions } from "./options.ts";
import type { SpiffeSocket } from "./peer.ts";

/** Options of {@link connect}: those of `tls.connect` without the ones that SPIFFE decides. */
export interface SpiffeConnectOptions extends SpiffeOptions, Omit<ConnectionOptions, ManagedTlsOption> {
  /** Milliseconds until the handshake has to be complete. Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/**
 * Opens a mutually authenticated TLS connection. The promise resolves after the server was verified and authorized;
 * until then nothing can be written.
 *
 * The server judges this side after the handshake (TLS 1.3): if it refuses, the socket closes (`ECONNRESET` or an early
 * end) and the server's `onRefused` knows the reason.
 *
 * @throws {@link SpiffeError} with a `VerificationErrorCode` or `unauthorized` if the server is refused, `handshake-timeout`,
 * `no-svid`; Node's network errors as they are.
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
export async function connect(options: SpiffeConnectOptions): Promise<SpiffeSocket> {
  const { source, authorize, onRefused, minVersion, clock, handshakeTimeoutMs = 10_000, ...connection } = options;
  const trust = trustOf({ source, authorize, onRefused, minVersion, clock });
  return new Promise((resolve, reject) => {
    connectVerified(connection, trust, handshakeTimeoutMs, (error, socket) => {
      if (socket !== undefined) resolve(socket);
      else reject(error);
    });
  });
}
