import type { IncomingHttpHeaders } from "node:http2";
import { visible } from "../visible.ts";

/** gRPC status codes in the order of their numbers. */
const NAMES =
  "OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated";

type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;
export type StatusName = Words<typeof NAMES>;
export const STATUS_NAMES = NAMES.split(" ") as readonly StatusName[];

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

/** What the trailers say, or a head without a body; undefined for OK ("Responses"). */
export function statusOfTrailers(trailers: IncomingHttpHeaders): RpcStatus | undefined {
  const { "grpc-status": code, "grpc-message": message = "no message" } = trailers;
  if (code === "0") return undefined;
  if (typeof code !== "string") return new RpcStatus("Unknown", "the server sent no grpc-status");
  const status = /^\d{1,2}$/.test(code) ? STATUS_NAMES[Number(code)] : undefined;
  return new RpcStatus(status ?? "Unknown", visible(decoded(String(message).slice(0, 1000))));
}

/** `grpc-message` is percent-encoded UTF-8; one that was cut off, or not encoded at all, is taken as it came. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** What a proxy or another kind of server means by an HTTP status (gRPC, "HTTP to gRPC Status Code Mapping"). */
export function statusOfHttp(status = 0): StatusName {
  return ofHttp[status] ?? (UNAVAILABLE.has(status) ? "Unavailable" : "Unknown");
}

type Statuses = Readonly<Record<number, StatusName>>;
const ofHttp: Statuses = { 400: "Internal", 401: "Unauthenticated", 403: "PermissionDenied", 404: "Unimplemented" };
const UNAVAILABLE = new Set([429, 502, 503, 504]);

/** What a stream that was reset means (gRPC over HTTP2, "Errors"); by number, see RFC 9113 §7. */
export function statusOfReset(code: number): StatusName {
  return ofReset[code] ?? "Internal";
}

/** REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM, INADEQUATE_SECURITY. */
const ofReset: Statuses = { 7: "Unavailable", 8: "Canceled", 11: "ResourceExhausted", 12: "PermissionDenied" };
