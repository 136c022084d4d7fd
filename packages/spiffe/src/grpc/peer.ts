import { type Peer, verifiedPeer } from "../tls/peer.ts";

/** A call of grpc-js, of a server's handler or of a client. */
export interface GrpcCall {
  getAuthContext(): { readonly sslPeerCertificate?: object | undefined } | null;
}

const known = new WeakMap<GrpcCall, Peer>();

/**
 * The verified peer of a call: in a handler who calls, on a client's call (after its metadata arrived) who answers.
 *
 * @throws TypeError if the call did not come through `bind` or `spiffeCredentials`.
 *
 * @example
 * ```ts
 * import type { handleUnaryCall } from "@grpc/grpc-js";
 * import { peerOf } from "@idstack/spiffe/grpc";
 * export const whoAmI: handleUnaryCall<unknown, { id: string }> = (call, answer) => answer(null, { id: `${peerOf(call).id}` });
 * ```
 */
export function peerOf(call: GrpcCall): Peer {
  // The certificate is an object that this package made for the connection of the call: no lookup by address or name.
  const certificate = known.has(call) ? undefined : call.getAuthContext()?.sslPeerCertificate;
  const peer = known.get(call) ?? (certificate && verifiedPeer(certificate));
  if (peer === undefined) throw new TypeError("this call has no peer that was verified by @idstack/spiffe");
  known.set(call, peer);
  return peer;
}
