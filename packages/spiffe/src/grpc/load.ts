import { optionalPeer } from "../internal/optional-peer.ts";

/** The part of grpc-js that is used here. */
export type Grpc = Pick<
  typeof import("@grpc/grpc-js"),
  "CallCredentials" | "ChannelCredentials" | "Metadata" | "ServerCredentials"
>;

/** @throws TypeError if grpc-js is not installed. */
export function loadGrpc(): Grpc {
  return optionalPeer<Grpc>("@grpc/grpc-js", "1", "@idstack/spiffe/grpc");
}
