import type {
  DescMessage,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";

/**
 * The one seam between this package and a gRPC implementation: unary calls and server streams over one endpoint.
 *
 * Contract: every call carries the metadata `workload.spiffe.io: true`; every failure is a `SpiffeError` of the
 * `WorkloadApiErrorCode`s, except that an aborted signal throws its reason; a stream that the server ends cleanly just ends.
 */
export interface RpcTransport {
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    input: MessageInitShape<I>,
    signal?: AbortSignal,
  ): Promise<MessageShape<O>>;
  stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    input: MessageInitShape<I>,
    signal?: AbortSignal,
  ): AsyncIterable<MessageShape<O>>;
  /** Ends the connection and every call on it. */
  close(): void;
}

/** Security header (SPIFFE_Workload_Endpoint §3): keeps a confused HTTP client from being used to fetch keys. */
export const SECURITY_HEADER = { name: "workload.spiffe.io", value: "true" } as const;
