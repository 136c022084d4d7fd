import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { VerifiedX509Svid } from "../svid/verify-x509-svid.ts";

/** The verified and authorized other side of a connection. */
export type Peer = VerifiedX509Svid;

/** A TLS socket whose peer was verified before anybody could read from it or write to it. */
export interface SpiffeSocket extends TLSSocket {
  readonly peer: Peer;
}

const peers = new WeakMap<Duplex, Peer>();

/** Marks a socket as verified. */
export function withPeer(socket: TLSSocket, peer: Peer): SpiffeSocket {
  peers.set(socket, peer);
  return Object.defineProperty(socket, "peer", { value: peer, enumerable: false }) as SpiffeSocket;
}

/**
 * The verified peer of a socket, or of a request or response that arrived on it.
 *
 * @throws TypeError if the connection was not made by this package: such a peer is nobody's.
 *
 * @example
 * ```ts
 * import { get } from "node:https";
 * import { peerOf, spiffeAgent } from "@idstack/spiffe/https";
 * import type { X509Source } from "@idstack/spiffe";
 * export function whoAnswers(url: string, source: X509Source): void {
 *   const agent = spiffeAgent({ source, authorize: ["spiffe://homelab.internal/ns/apps/sa/api"] });
 *   get(url, { agent }, (res) => console.log(`${peerOf(res).id}`));
 * }
 * ```
 */
export function peerOf(connection: Duplex | IncomingMessage): Peer {
  const socket = "httpVersion" in connection ? socketOf(connection) : connection;
  const peer = socket && peers.get(socket);
  if (peer === undefined) throw new TypeError("this connection has no peer that was verified by @idstack/spiffe");
  return peer;
}

/** A client's response loses its socket when it ends and the connection goes back to the pool; its request keeps it. */
function socketOf(
  message: IncomingMessage & { readonly req?: { readonly socket?: Duplex | null } },
): Duplex | undefined {
  return message.socket ?? message.req?.socket ?? undefined;
}
