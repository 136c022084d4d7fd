import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { type Clock, systemClock } from "../../clock.ts";
import { SpiffeError } from "../../errors.ts";
import { authorizer } from "../../id/authorize.ts";
import type { SpiffeId } from "../../id/spiffe-id.ts";
import { verifyX509Svid } from "../../svid/verify-x509-svid.ts";
import type { X509ContextSource } from "../../svid/x509-svid.ts";
import type { Refusal, SpiffeOptions } from "../../tls/options.ts";
import type { Peer } from "../../tls/peer.ts";
import { callSafely } from "../listeners.ts";
import { fieldsOf } from "../x509/fields.ts";
import { checkValidity } from "../x509/leaf-rules.ts";

/** Longest chain that is collected from a socket; verification refuses it then. */
const MAX_LINKS = 20;

/** The checked form of {@link SpiffeOptions}. */
export interface Trust {
  readonly source: X509ContextSource;
  readonly authorize: (id: SpiffeId) => void;
  readonly onRefused: ((refusal: Refusal) => void) | undefined;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  readonly clock: Clock;
}

/** @throws TypeError if the options cannot work. */
export function trustOf(options: SpiffeOptions): Trust {
  const { source, authorize, onRefused, minVersion = "TLSv1.3", clock = systemClock } = options;
  if (typeof source?.getX509Context !== "function") throw new TypeError("source is required: an X509Source");
  if (minVersion !== "TLSv1.2" && minVersion !== "TLSv1.3")
    throw new TypeError("minVersion has to be TLSv1.2 or TLSv1.3");
  return { source: guarded(source), authorize: authorizer(authorize), onRefused, minVersion, clock };
}

/** A source of the caller may throw anything: the peer has to be refused with a reason all the same. */
function guarded(source: X509ContextSource): X509ContextSource {
  return {
    getX509Context() {
      try {
        return source.getX509Context();
      } catch (error) {
        if (error instanceof SpiffeError) throw error;
        throw new SpiffeError("no-svid", `the source failed: ${(error as Error)?.message ?? error}`, { cause: error });
      }
    },
  };
}

/**
 * Verifies and authorizes the other side of a completed handshake against the bundles of this moment.
 *
 * @throws SpiffeError
 */
export function judge(socket: TLSSocket, trust: Trust): Peer {
  // Node shows no chain, or the leaf only, on a resumed session; resumption is switched off, this is the second lock.
  if (socket.isSessionReused()) {
    throw new SpiffeError("session-reused", "the TLS session was resumed, its peer cannot be verified");
  }
  const { bundles } = trust.source.getX509Context();
  const peer = verifyX509Svid(presentedChain(socket), bundles, { now: trust.clock.now() });
  trust.authorize(peer.id);
  return peer;
}

const lastVerified = new WeakMap<Peer, readonly X509Certificate[]>();

/** Would this peer, verified earlier, be admitted now? Signatures are checked again only when its bundle has changed. */
export function isStillAdmitted(peer: Peer, trust: Trust): boolean {
  try {
    const { bundles } = trust.source.getX509Context();
    const now = trust.clock.now();
    const authorities = bundles.get(peer.id.trustDomain)?.authorities ?? [];
    const known = lastVerified.get(peer) ?? [];
    if (known.length === 0 || known.length !== authorities.length || known.some((ca, at) => ca !== authorities[at])) {
      verifyX509Svid(peer.certificates, bundles, { now });
      lastVerified.set(peer, authorities);
    }
    const [leaf] = peer.certificates;
    checkValidity(leaf, fieldsOf(leaf), now, peer.id);
    trust.authorize(peer.id);
    return true;
  } catch {
    return false;
  }
}

/** Ends a connection whose peer was turned away and says so. */
export function refuse(
  socket: { readonly remoteAddress?: string | undefined; destroy(): unknown },
  trust: Trust,
  side: Refusal["side"],
  error: unknown,
): SpiffeError {
  const known = toSpiffeError(error);
  const { remoteAddress } = socket;
  socket.destroy();
  if (trust.onRefused !== undefined) {
    callSafely(trust.onRefused, {
      side,
      code: known.code,
      reason: known.message,
      ...(known.spiffeId !== undefined && { peerId: known.spiffeId }),
      ...(remoteAddress !== undefined && { remoteAddress }),
      error: known,
    });
  }
  return known;
}

/** A predicate of the caller may throw anything: that is a refusal too. */
function toSpiffeError(error: unknown): SpiffeError {
  if (error instanceof SpiffeError) return error;
  return new SpiffeError("unauthorized", `authorize failed: ${(error as Error)?.message ?? error}`, { cause: error });
}

/** The chain as the peer sent it, leaf first. Node links each certificate to its issuer, the last one possibly to itself. */
function presentedChain(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let current = socket.getPeerCertificate(true);
  while (current?.raw !== undefined && chain.length < MAX_LINKS) {
    chain.push(current.raw);
    if (current.issuerCertificate === current) break;
    current = current.issuerCertificate;
  }
  return chain;
}
