import type { Socket } from "node:net";
import type { SecureContextOptions, Server, TLSSocket, TlsOptions } from "node:tls";
import { SpiffeError } from "../../errors.ts";
import type { X509Svid } from "../../svid/x509-svid.ts";
import { withPeer } from "../../tls/peer.ts";
import { identityOptions } from "./identity.ts";
import { judge, refuse, type Trust } from "./trust.ts";

/** Options a server is created with, before it has an identity. */
export const serverOptions = {
  requestCert: true,
  // A client without or with a bad certificate is turned away by judge(), which knows why.
  rejectUnauthorized: false,
} as const satisfies TlsOptions;

/** Milliseconds. Node's two minutes let anybody hold a connection that long before saying who they are. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Puts verification in front of a TLS server: nobody, listeners of the application included, learns of a connection
 * before its peer was verified and authorized. Every new connection is served with the SVID of that moment.
 */
export function guard<S extends Server>(server: S, trust: Trust, parameters: SecureContextOptions): S {
  const emit = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean;
  let presented: X509Svid | undefined;
  const present = (): void => {
    const { svid } = trust.source.getX509Context();
    if (svid === presented) return;
    try {
      server.setSecureContext({ ...parameters, ...identityOptions(svid, trust.minVersion) });
    } catch (error) {
      const reason = `the SVID of ${svid.id} cannot be presented: ${(error as Error).message}`;
      throw new SpiffeError("no-svid", reason, { spiffeId: svid.id.toString(), cause: error });
    } finally {
      // The context holds the key now. Left as a property, its PEM would be part of every inspected or logged server.
      Object.assign(server, { key: undefined });
    }
    presented = svid;
  };
  // Overriding emit is the one place every listener has to pass, whatever is registered later.
  server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event === "connection") return admitConnection(args);
    if (event === "secureConnection") return admitPeer(args);
    return emit(event, ...args);
  };
  const admitConnection = (args: unknown[]): boolean => {
    try {
      present();
    } catch (error) {
      const socket = args[0] as Socket;
      socket.on("error", () => {});
      refuse(socket, trust, "server", error);
      return true;
    }
    return emit("connection", ...args);
  };
  const admitPeer = (args: unknown[]): boolean => {
    const socket = args[0] as TLSSocket;
    try {
      withPeer(socket, judge(socket, trust));
    } catch (error) {
      // The peer may cut the connection at the same moment.
      socket.on("error", () => {});
      refuse(socket, trust, "server", error);
      return true;
    }
    return emit("secureConnection", ...args);
  };
  // A plain tls.Server reports a handshake that took too long and then keeps its socket open for ever. Listeners of the
  // application see the socket first.
  server.on("tlsClientError", (_error: Error, socket: TLSSocket) => process.nextTick(() => socket.destroy()));
  return server;
}

/** The part of the caller's options that every new secure context has to repeat. */
export function contextParameters({
  ciphers,
  ecdhCurve,
  sigalgs,
  dhparam,
  honorCipherOrder,
}: TlsOptions): SecureContextOptions {
  return {
    ...(ciphers !== undefined && { ciphers }),
    ...(ecdhCurve !== undefined && { ecdhCurve }),
    ...(sigalgs !== undefined && { sigalgs }),
    ...(dhparam !== undefined && { dhparam }),
    ...(honorCipherOrder !== undefined && { honorCipherOrder }),
  };
}
