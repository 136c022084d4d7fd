import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest, Http2Session, Http2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import type { DetailedPeerCertificate, PeerCertificate, TLSSocket } from "node:tls";
import type { VerifiedX509Svid } from "../svid/verify-x509-svid.ts";

/** The verified and authorized other side of a connection. */
export type Peer = VerifiedX509Svid;

/** A TLS socket whose peer was verified before anybody could read from it or write to it. */
export interface SpiffeSocket extends TLSSocket {
  readonly peer: Peer;
}

/** What {@link peerOf} can be asked about. */
export type PeerConnection = Duplex | IncomingMessage | Http2ServerRequest | Http2Session | Http2Stream;

const peers = new WeakMap<object, Peer>();

/** Marks a socket as verified. Its certificates were taken out of Node's hands, it answers for them from now on. */
export function withPeer(socket: TLSSocket, peer: Peer): SpiffeSocket {
  peers.set(socket, peer);
  Object.defineProperties(socket, {
    peer: { value: peer, configurable: true },
    getPeerCertificate: { value: getPeerCertificate, configurable: true, writable: true },
    getPeerX509Certificate: { value: getPeerX509Certificate, configurable: true, writable: true },
  });
  // Libraries look here, and Node's own verdict was none: it had no CA to verify with.
  return Object.assign(socket, { authorized: true, authorizationError: null }) as unknown as SpiffeSocket;
}

/** Lets `peerOf` find the peer of something that belongs to a verified connection. */
export function belongsTo(thing: object, peer: Peer): void {
  peers.set(thing, peer);
}

/** The peer of a connection that this package verified, or undefined. */
export function verifiedPeer(connection: object): Peer | undefined {
  return peers.get(connection);
}

/**
 * The verified peer of a socket or an HTTP/2 session, or of a request or response that arrived on it.
 *
 * @throws TypeError if the connection was not made by this package, or without SPIFFE on the other side: such a peer is
 * nobody's.
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
export function peerOf(connection: PeerConnection): Peer {
  const owner = candidates(connection).find((candidate) => candidate != null && peers.has(candidate));
  const peer = owner == null ? undefined : peers.get(owner);
  if (peer === undefined) throw new TypeError("this connection has no peer that was verified by @idstack/spiffe");
  return peer;
}

/** The thing itself and what it hangs on, as far as Node still shows it. */
function candidates(connection: PeerConnection): (object | null | undefined)[] {
  const { stream, session, socket, req } = connection as {
    readonly stream?: { readonly session?: object };
    readonly session?: object;
    readonly socket?: object;
    /** A client's response loses its socket when it ends and the connection goes back to the pool; its request keeps it. */
    readonly req?: { readonly socket?: object | null };
  };
  return [connection, stream, stream?.session, session, socket, req?.socket];
}

function getPeerX509Certificate(this: SpiffeSocket) {
  return this.peer.certificates[0];
}

/** In Node's form, with the chain linked where it is asked for. */
function getPeerCertificate(this: SpiffeSocket, detailed?: boolean): PeerCertificate {
  const { peer } = this;
  const printed = peer.certificates.map((certificate) => certificate.toLegacyObject() as DetailedPeerCertificate);
  if (detailed === true) {
    for (const [at, certificate] of printed.entries()) {
      const issuer = printed[at + 1];
      if (issuer !== undefined) certificate.issuerCertificate = issuer;
    }
  }
  const [leaf] = printed as [DetailedPeerCertificate];
  peers.set(leaf, peer);
  return leaf;
}
