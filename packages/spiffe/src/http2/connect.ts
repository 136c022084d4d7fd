import { type ClientHttp2Session, connect as connectSession, type SecureClientSessionOptions } from "node:http2";
import type { TLSSocket } from "node:tls";
import { connectVerified } from "../internal/tls/client.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { clientTrust, type Trust } from "../internal/tls/trust.ts";
import type { ManagedTlsOption, SpiffeClientOptions, SpiffeOptions } from "../tls/options.ts";
import { belongsTo, verifiedPeer } from "../tls/peer.ts";

/** What `http2.connect` takes besides, without the options that SPIFFE decides. */
export interface Http2ConnectOptions
  extends Omit<SecureClientSessionOptions, ManagedTlsOption | "createConnection" | "ALPNProtocols"> {
  /** Milliseconds until the handshake has to be complete. Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/** Options of {@link connect} with SPIFFE on both sides. */
export interface SpiffeHttp2ConnectOptions extends SpiffeOptions, Http2ConnectOptions {}

/**
 * Opens an HTTP/2 session (`http2.connect`). The promise resolves after the server was verified and authorized; until
 * then there is no session that anything could be sent on. `peerOf(session)` is the server.
 *
 * A session is judged once: with `maxConnectionAgeMs` it is closed when it is old, streams that are under way end in peace,
 * and its `close` event says that it is time for another.
 *
 * @throws {@link SpiffeError} if the server is refused; Node's network errors as they are; TypeError for a URL that is not
 * https.
 *
 * @example
 * ```ts
 * import { connect } from "@idstack/spiffe/http2";
 * import type { X509Source } from "@idstack/spiffe";
 * export async function call(source: X509Source): Promise<void> {
 *   const session = await connect("https://api.apps.svc:8443", { source, authorize: ["spiffe://homelab.internal/api"] });
 *   session.request({ ":path": "/" }).on("end", () => session.close()).pipe(process.stdout);
 * }
 * ```
 */
export async function connect(
  url: string | URL,
  options: SpiffeClientOptions & Http2ConnectOptions,
): Promise<ClientHttp2Session> {
  const [own, { handshakeTimeoutMs = 10_000, ...rest }] = splitOptions<SpiffeClientOptions, Http2ConnectOptions>(
    options,
  );
  const trust = clientTrust(own);
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== "https:") throw new TypeError(`${protocol}// is not https://: SPIFFE needs TLS`);
  const target = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 443), ...rest, ALPNProtocols: ["h2"] };
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    connectVerified(target, trust, handshakeTimeoutMs, (error, verified) => {
      if (verified === undefined) reject(error);
      else resolve(verified);
    });
  });
  if (socket.alpnProtocol !== "h2") {
    socket.destroy();
    throw Object.assign(new Error(`${new URL(url).host} does not speak HTTP/2`), { code: "ERR_HTTP2_ERROR" });
  }
  const session = connectSession(url, { ...rest, createConnection: () => socket });
  const peer = verifiedPeer(socket);
  if (peer !== undefined) belongsTo(session, peer);
  closeInTime(session, trust);
  return session;
}

function closeInTime(session: ClientHttp2Session, { clock, endOfLife }: Trust): void {
  const end = endOfLife();
  if (end !== undefined)
    session.once(
      "close",
      clock.schedule(() => session.close(), end - clock.now()),
    );
}
