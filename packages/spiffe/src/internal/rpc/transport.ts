import type { Message } from "../proto/message.ts";

/** A method of a gRPC service; which of the two kinds it is the caller knows. */
export interface Method<I, O> {
  /** For example `/SpiffeWorkloadAPI/FetchX509SVID`. */
  readonly path: string;
  readonly request: Message<I>;
  readonly response: Message<O>;
}

/**
 * The one seam between this package and a gRPC implementation: unary calls and server streams over one endpoint.
 *
 * Contract: every failure is a `SpiffeError` of the `WorkloadApiErrorCode`s, except that an aborted signal throws its
 * reason; a stream that the server ends cleanly just ends.
 */
export interface RpcTransport {
  unary<I, O>(method: Method<I, O>, input: Partial<I>, signal?: AbortSignal): Promise<O>;
  stream<I, O>(method: Method<I, O>, input: Partial<I>, signal?: AbortSignal): AsyncIterable<O>;
  /** Ends the connection and every call on it. */
  close(): void;
}

/** Security header (SPIFFE_Workload_Endpoint §3): keeps a confused HTTP client from being used to fetch keys. */
export const SECURITY_HEADER = { name: "workload.spiffe.io", value: "true" } as const;
