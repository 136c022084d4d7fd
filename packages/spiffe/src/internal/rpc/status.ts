/** gRPC status codes by number. */
export const STATUS_NAMES = [
  "OK",
  "Canceled",
  "Unknown",
  "InvalidArgument",
  "DeadlineExceeded",
  "NotFound",
  "AlreadyExists",
  "PermissionDenied",
  "ResourceExhausted",
  "FailedPrecondition",
  "Aborted",
  "OutOfRange",
  "Unimplemented",
  "Internal",
  "Unavailable",
  "DataLoss",
  "Unauthenticated",
] as const;

export type StatusName = (typeof STATUS_NAMES)[number];

/** A call that ended with another status than OK, given by the server or concluded from what it sent. */
export class RpcStatus extends Error {
  override readonly name = "RpcStatus";
  readonly status: StatusName;

  constructor(status: StatusName, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** The connection ended in the middle of a call: nobody gave a status. */
export class BrokenConnection extends RpcStatus {
  constructor(cause?: unknown) {
    super("Unavailable", "the connection broke", cause);
  }
}

/** What a proxy or another kind of server means by an HTTP status (gRPC, "HTTP to gRPC Status Code Mapping"). */
export function statusOfHttp(status: unknown): StatusName {
  switch (status) {
    case 400:
      return "Internal";
    case 401:
      return "Unauthenticated";
    case 403:
      return "PermissionDenied";
    case 404:
      return "Unimplemented";
    case 429:
    case 502:
    case 503:
    case 504:
      return "Unavailable";
    default:
      return "Unknown";
  }
}

/** What a stream that was reset means (gRPC over HTTP2, "Errors"); by number, see RFC 9113 §7. */
export function statusOfReset(code: number): StatusName {
  switch (code) {
    case 0x7: // REFUSED_STREAM
      return "Unavailable";
    case 0x8: // CANCEL
      return "Canceled";
    case 0xb: // ENHANCE_YOUR_CALM
      return "ResourceExhausted";
    case 0xc: // INADEQUATE_SECURITY
      return "PermissionDenied";
    default:
      return "Internal";
  }
}
