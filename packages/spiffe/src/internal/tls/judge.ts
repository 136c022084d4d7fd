import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { SpiffeError } from "../../errors.ts";
import { type Peer, verifiedPeer } from "../../tls/peer.ts";
import { presentedChain } from "./presented-chain.ts";
import type { Trust } from "./trust.ts";

/**
 * Verifies and authorizes the other side of a completed handshake against the bundles of this moment.
 *
 * @param kept The chain that was verified when the session began, for a session that was resumed.
 * @throws SpiffeError
 */
export function judge(socket: TLSSocket, trust: Trust, kept?: readonly X509Certificate[]): Peer {
  const chain = socket.isSessionReused() ? kept : presentedChain(socket);
  // Node shows no chain, or the leaf only, on a resumed session.
  if (chain === undefined) {
    throw new SpiffeError("session-reused", "the TLS session was resumed, its peer cannot be verified");
  }
  return judgeChain(chain, trust);
}

/** @throws SpiffeError */
export function judgeChain(chain: readonly X509Certificate[], trust: Trust): Peer {
  const peer = trust.chains.verify(chain, trust.bundles(), trust.clock.now());
  trust.authorize(peer.id);
  return peer;
}

/** Would this chain be admitted now? */
export function isAdmitted(chain: readonly X509Certificate[], trust: Trust): boolean {
  try {
    judgeChain(chain, trust);
    return true;
  } catch {
    return false;
  }
}

/**
 * May a connection that waits in a pool be used again? Only while this side has an identity, the peer would still be
 * admitted and the connection is not too old.
 */
export function isStillUsable(socket: object, endOfLife: number | undefined, trust: Trust): boolean {
  if (endOfLife !== undefined && trust.clock.now() >= endOfLife) return false;
  try {
    trust.own();
  } catch {
    return false;
  }
  if (trust.peer !== "spiffe") return true;
  const peer = verifiedPeer(socket);
  return peer !== undefined && isAdmitted(peer.certificates, trust);
}
