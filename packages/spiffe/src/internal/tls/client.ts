import { type ConnectionOptions, connect, type SecureContextOptions, type TLSSocket } from "node:tls";
import { SpiffeError } from "../../errors.ts";
import { type SpiffeSocket, withPeer } from "../../tls/peer.ts";
import { clientContext } from "./identity.ts";
import { judge, refuse, type Trust } from "./trust.ts";

/** Called once, with an error or a verified socket. */
export type Connected = (error: Error | null, socket?: SpiffeSocket) => void;

/**
 * Connects and hands the socket out only after its server was verified: whoever writes to it cannot be early.
 *
 * @returns The socket during its handshake, to be destroyed by whoever gives up, not to be used; undefined without an own SVID.
 */
export function connectVerified(
  options: ConnectionOptions,
  trust: Trust,
  timeoutMs: number,
  connected: Connected,
): TLSSocket | undefined {
  let secureContext: ReturnType<typeof clientContext>;
  try {
    const { svid } = trust.source.getX509Context();
    secureContext = clientContext(svid, trust.minVersion, cryptoParameters(options));
  } catch (error) {
    queueMicrotask(() => connected(error as Error));
    return undefined;
  }
  const socket = connect({
    ...options,
    secureContext,
    session: undefined,
    // Trust is decided by judge(), in the same tick in which the handshake completes.
    rejectUnauthorized: false,
  });
  let settled = false;
  const settle: Connected = (error, verified) => {
    if (settled) return;
    settled = true;
    cancel();
    socket.off("error", settle).off("close", onClose).off("secureConnect", onSecure);
    if (error !== null) {
      // The socket may still fail while it is being destroyed.
      socket.on("error", () => {});
      socket.destroy();
    }
    connected(error, verified);
  };
  const onSecure = (): void => {
    try {
      settle(null, withPeer(socket, judge(socket, trust)));
    } catch (error) {
      settle(refuse(socket, trust, "client", error));
    }
  };
  const onClose = (): void => {
    const message = "the connection was closed before its server was verified";
    settle(Object.assign(new Error(message), { code: "ECONNRESET" }));
  };
  const cancel = trust.clock.schedule(() => {
    settle(new SpiffeError("handshake-timeout", `no TLS handshake with ${target(options)} within ${timeoutMs} ms`));
  }, timeoutMs);
  socket.once("secureConnect", onSecure).once("error", settle).once("close", onClose);
  return socket;
}

/** The caller's choices about cryptography; they belong to the secure context. */
function cryptoParameters({ ciphers, ecdhCurve, sigalgs }: ConnectionOptions): SecureContextOptions {
  return { ...(ciphers && { ciphers }), ...(ecdhCurve && { ecdhCurve }), ...(sigalgs && { sigalgs }) };
}

function target({ host = "localhost", port, path }: ConnectionOptions): string {
  return path ?? `${host}:${port}`;
}
