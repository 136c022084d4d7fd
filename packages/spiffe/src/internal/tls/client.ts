import { isIP } from "node:net";
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  type SecureContextOptions,
  type TLSSocket,
} from "node:tls";
import { SpiffeError } from "../../errors.ts";
import { verifiedPeer, withPeer } from "../../tls/peer.ts";
import type { KeptSession } from "./client-sessions.ts";
import { clientContext, type OwnIdentity } from "./identity.ts";
import { isAdmitted, judge } from "./judge.ts";
import { accepted, refuse } from "./refuse.ts";
import type { Trust } from "./trust.ts";

/** Called once, with an error or a verified socket. */
export type Connected = (error: Error | null, socket?: TLSSocket) => void;

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
  let own: OwnIdentity;
  let secureContext: ReturnType<typeof clientContext>;
  try {
    own = trust.own();
    secureContext = clientContext(own, trust, cryptoParameters(options));
  } catch (error) {
    queueMicrotask(() => connected(error as Error));
    return undefined;
  }
  const resumed = sessionFor(options, own, trust);
  const socket = connect({
    ...withServerName(options),
    secureContext,
    session: resumed?.session,
    // A SPIFFE server is judged by judge(), in the same tick in which the handshake completes; one of the Web PKI by Node.
    rejectUnauthorized: trust.peer === "web",
    checkServerIdentity,
  });
  const keep = keepSessions(socket, target(options), own, trust);
  let settled = false;
  const settle: Connected = (error, verified) => {
    if (settled) return;
    settled = true;
    cancel();
    socket.off("error", onError).off("close", onClose).off("secureConnect", onSecure);
    if (error !== null) {
      // The socket may still fail while it is being destroyed.
      socket.on("error", () => {});
      socket.destroy();
    }
    connected(error, verified);
  };
  const onSecure = (): void => {
    try {
      if (trust.peer === "spiffe") {
        const peer = judge(socket, trust, resumed?.chain);
        withPeer(socket, peer);
        keep(peer.certificates);
      } else if (!socket.authorized) throw webPkiError(socket, options);
      accepted(trust, "client", verifiedPeer(socket));
      settle(null, socket);
    } catch (error) {
      settle(refuse(socket, trust, "client", error));
    }
  };
  const onError = (error: Error): void => {
    if (trust.peer === "web" && socket.authorizationError) {
      settle(refuse(socket, trust, "client", webPkiError(socket, options, error)));
    } else settle(error);
  };
  const onClose = (): void => {
    const message = "the connection was closed before its server was verified";
    settle(Object.assign(new Error(message), { code: "ECONNRESET" }));
  };
  const cancel = trust.clock.schedule(() => {
    settle(new SpiffeError("handshake-timeout", `no TLS handshake with ${target(options)} within ${timeoutMs} ms`));
  }, timeoutMs);
  socket.once("secureConnect", onSecure).once("error", onError).once("close", onClose);
  return socket;
}

/** The session to offer: never one whose server would be refused, which a full handshake may show with a new SVID. */
function sessionFor(options: ConnectionOptions, own: OwnIdentity, trust: Trust): KeptSession | undefined {
  const kept = trust.clientSessions?.get(target(options));
  if (kept === undefined) return undefined;
  if (kept.own === own && isAdmitted(kept.chain, trust)) return kept;
  trust.clientSessions?.forget(target(options));
  return undefined;
}

/** Sessions may arrive before the server was judged (TLS 1.2) and long after (TLS 1.3); they are kept with its chain. */
function keepSessions(
  socket: TLSSocket,
  name: string,
  own: OwnIdentity,
  { clientSessions }: Trust,
): (chain: KeptSession["chain"]) => void {
  if (clientSessions === undefined) return () => {};
  let early: Buffer | undefined;
  let verified: KeptSession["chain"] | undefined;
  socket.on("session", (session: Buffer) => {
    if (verified === undefined) early = session;
    else clientSessions.keep(name, { session, chain: verified, own });
  });
  return (chain) => {
    verified = chain;
    if (early !== undefined) clientSessions.keep(name, { session: early, chain, own });
  };
}

/** Node sends no server name unless it is told to, and servers of the Web PKI choose their certificate by it. */
function withServerName(options: ConnectionOptions): ConnectionOptions {
  const { servername, host } = options;
  return servername === undefined && host !== undefined && isIP(host) === 0
    ? { ...options, servername: host }
    : options;
}

function webPkiError(socket: TLSSocket, options: ConnectionOptions, cause?: Error): SpiffeError {
  const reason = cause?.message ?? String(socket.authorizationError);
  return new SpiffeError("web-pki", `the certificate of ${target(options)} does not verify: ${reason}`, { cause });
}

/** The caller's choices about cryptography; they belong to the secure context. */
function cryptoParameters({ ciphers, ecdhCurve, sigalgs, maxVersion }: ConnectionOptions): SecureContextOptions {
  return {
    ...(ciphers && { ciphers }),
    ...(ecdhCurve && { ecdhCurve }),
    ...(sigalgs && { sigalgs }),
    ...(maxVersion && { maxVersion }),
  };
}

function target({ host = "localhost", port, path, servername }: ConnectionOptions): string {
  const address = path ?? `${host}:${port}`;
  return servername ? `${address} (${servername})` : address;
}
