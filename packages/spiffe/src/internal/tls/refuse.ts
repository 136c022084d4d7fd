import { SpiffeError } from "../../errors.ts";
import type { Refusal } from "../../tls/options.ts";
import type { Peer } from "../../tls/peer.ts";
import { callSafely } from "../listeners.ts";
import { emit } from "../telemetry.ts";
import type { Trust } from "./trust.ts";

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
  report(trust, {
    side,
    code: known.code,
    reason: known.message,
    ...(known.spiffeId !== undefined && { peerId: known.spiffeId }),
    ...(remoteAddress !== undefined && { remoteAddress }),
    error: known,
  });
  return known;
}

/** Says that a peer was verified and authorized; on a side that verifies nobody, that somebody was admitted. */
export function accepted(trust: Trust, side: Refusal["side"], peer: Peer | undefined): void {
  emit("handshake", trust.metrics, () => ({ side, outcome: "accepted", peerId: peer?.id.toString() }));
}

/** The one place from which refusals leave this folder. */
function report(trust: Trust, refusal: Refusal): void {
  const { side, code: reason, peerId } = refusal;
  emit("handshake", trust.metrics, () => ({ side, outcome: "refused", reason, peerId }));
  if (trust.onRefused !== undefined) callSafely(trust.onRefused, refusal);
}

/** A predicate of the caller may throw anything: that is a refusal too. */
function toSpiffeError(error: unknown): SpiffeError {
  if (error instanceof SpiffeError) return error;
  return new SpiffeError("unauthorized", `authorize failed: ${(error as Error)?.message ?? error}`, { cause: error });
}
