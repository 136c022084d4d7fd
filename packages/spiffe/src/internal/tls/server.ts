import type { Socket } from "node:net";
import type { SecureContextOptions, Server, TLSSocket, TlsOptions } from "node:tls";
import { SpiffeError } from "../../errors.ts";
import { verifiedPeer, withPeer } from "../../tls/peer.ts";
import { Connections } from "./connections.ts";
import { identityOptions, nameOf, type OwnIdentity } from "./identity.ts";
import { judge } from "./judge.ts";
import { accepted, refuse } from "./refuse.ts";
import type { Trust } from "./trust.ts";

/** Options a server is created with, before it has an identity. */
export function serverOptions(trust: Trust): TlsOptions {
  return {
    requestCert: trust.peer === "spiffe",
    // A client without or with a bad certificate is turned away by judge(), which knows why.
    rejectUnauthorized: false,
  };
}

/** Milliseconds. Node's two minutes let anybody hold a connection that long before saying who they are. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Puts verification in front of a TLS server: nobody, listeners of the application included, learns of a connection
 * before its peer was verified and authorized. Every new connection is served with the identity of that moment.
 */
export function guard<S extends Server>(server: S, trust: Trust, parameters: SecureContextOptions): S {
  // Bun's https server is none of TLS: it would serve without any certificate, and refuse everybody.
  if (typeof server.setSecureContext !== "function") {
    throw new TypeError(
      "the https server of this runtime takes no certificates: give the sockets of /tls to an http server",
    );
  }
  const emit = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean;
  const connections = new Connections(server, trust);
  let presented: OwnIdentity | undefined;
  const present = (): void => {
    const own = trust.own();
    if (own === presented) return;
    try {
      server.setSecureContext({ maxVersion: "TLSv1.3", ...parameters, ...identityOptions(own, trust) });
    } catch (error) {
      const reason = `${nameOf(own)} cannot be presented: ${(error as Error).message}`;
      throw new SpiffeError("no-svid", reason, { ...("id" in own && { spiffeId: String(own.id) }), cause: error });
    } finally {
      // The context holds the key now. Left as a property, its PEM would be part of every inspected or logged server.
      Object.assign(server, { key: undefined });
    }
    presented = own;
  };
  // Bun tells of a connection only after it chose the certificate: there the first one would find none, and one that comes
  // right after a rotation still finds the former one.
  const presentEarly = (): void => {
    try {
      present();
    } catch {
      // Every connection is refused with the reason.
    }
  };
  // Overriding emit is the one place every listener has to pass, whatever is registered later.
  server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event === "listening") presentEarly();
    if (event === "connection") return admitConnection(args);
    if (event === "secureConnection") return admitPeer(args);
    connections.note(event, args);
    return emit(event, ...args);
  };
  const turnAway = (socket: Socket, error: unknown): boolean => {
    // The peer may cut the connection at the same moment.
    socket.on("error", () => {});
    refuse(socket, trust, "server", error);
    return true;
  };
  const admitConnection = (args: unknown[]): boolean => {
    try {
      present();
    } catch (error) {
      return turnAway(args[0] as Socket, error);
    }
    connections.accept(args[0] as Socket);
    return emit("connection", ...args);
  };
  const admitPeer = (args: unknown[]): boolean => {
    const socket = args[0] as TLSSocket;
    try {
      if (trust.peer === "spiffe") admit(socket, trust);
    } catch (error) {
      if (socket.isSessionReused()) trust.serverSessions?.voidTickets(server);
      return turnAway(socket, error);
    }
    accepted(trust, "server", verifiedPeer(socket));
    return connections.follow(socket, () => emit("secureConnection", ...args));
  };
  // A plain tls.Server reports a handshake that took too long and then keeps its socket open for ever. Listeners of the
  // application see the socket first.
  server.on("tlsClientError", (_error: Error, socket: TLSSocket) => process.nextTick(() => socket.destroy()));
  return server;
}

function admit(socket: TLSSocket, trust: Trust): void {
  const sessions = trust.serverSessions;
  const reused = socket.isSessionReused();
  const kept = reused ? sessions?.chainOf(socket.getPeerX509Certificate()) : undefined;
  const peer = judge(socket, trust, kept);
  if (!reused) sessions?.keep(peer);
  withPeer(socket, peer);
}

/** The part of the caller's options that every new secure context has to repeat. */
export function contextParameters({
  ciphers,
  ecdhCurve,
  sigalgs,
  dhparam,
  honorCipherOrder,
  maxVersion,
}: TlsOptions): SecureContextOptions {
  return {
    ...(ciphers !== undefined && { ciphers }),
    ...(ecdhCurve !== undefined && { ecdhCurve }),
    ...(sigalgs !== undefined && { sigalgs }),
    ...(dhparam !== undefined && { dhparam }),
    ...(maxVersion !== undefined && { maxVersion }),
    ...(honorCipherOrder !== undefined && { honorCipherOrder }),
  };
}
