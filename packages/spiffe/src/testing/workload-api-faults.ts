import type { ServerHttp2Stream } from "node:http2";
import { RpcStatus, type StatusName } from "../internal/rpc/status.ts";

/** Statuses the fake agent can answer with. */
export type FakeStatus = Exclude<StatusName, "OK">;

/** Methods of the Workload API. */
export type FakeMethod =
  | "FetchX509SVID"
  | "FetchX509Bundles"
  | "FetchJWTSVID"
  | "FetchJWTBundles"
  | "ValidateJWTSVID"
  | "FetchWITSVID"
  | "FetchWITBundles";

/** What can go wrong with one call. */
export type FakeFault =
  | { readonly status: FakeStatus; readonly message?: string }
  /** Never answers. */
  | "hang"
  /** Half a message, then a proper end. */
  | "half-message"
  /** Half a message, then nothing more. */
  | "stalled-message"
  /** RST_STREAM in the middle of a message. */
  | "reset-stream"
  /** The connection is cut in the middle of a message: with RST on TCP. */
  | "reset-connection"
  /** RST_STREAM with REFUSED_STREAM before anything was done. */
  | "refused-stream"
  /** GOAWAY before the answer, which then comes; the next call needs a new connection. */
  | "goaway"
  /** Announces a message of 4 GiB. */
  | "oversized-message"
  /** Sets the flag of a compressed message. */
  | "compressed-message"
  /** A message that is no protobuf. */
  | "garbage-message"
  /** Status OK without a message. */
  | "no-message"
  /** Trailers without a `grpc-status`. */
  | "no-status"
  /** A `grpc-status` that does not exist. */
  | "unknown-status"
  /** As a proxy answers: HTTP 503. */
  | "http-503"
  | "wrong-content-type";

const HEAD = { ":status": 200, "content-type": "application/grpc" };
/** Announces ten bytes and holds five. */
const HALF = Buffer.from([0, 0, 0, 0, 10, 1, 2, 3, 4, 5]);
const REFUSED_STREAM = 7;

/** Answers a call with a fault, unless the fault leaves the answer as it is. `cut` ends all connections. */
export function answerWith(fault: FakeFault, stream: ServerHttp2Stream, cut: () => void): "answered" | "go on" {
  stream.on("error", () => {});
  if (typeof fault === "object") throw new RpcStatus(fault.status, fault.message ?? `fake ${fault.status}`);
  const respond = (body: Buffer, trailers: Record<string, string> = { "grpc-status": "0" }): void => {
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.end(body);
  };
  const half = (then: () => void): void => {
    stream.respond(HEAD);
    stream.write(HALF, then);
  };
  switch (fault) {
    case "hang":
      break;
    case "half-message":
      respond(HALF);
      break;
    case "stalled-message":
      half(() => {});
      break;
    case "reset-stream":
      half(() => stream.destroy(new Error("of the fake")));
      break;
    case "reset-connection":
      half(cut);
      break;
    case "refused-stream":
      stream.close(REFUSED_STREAM);
      break;
    case "goaway":
      stream.session?.goaway(0);
      return "go on";
    case "oversized-message":
      respond(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
      break;
    case "compressed-message":
      respond(Buffer.from([1, 0, 0, 0, 2, 8, 1]));
      break;
    case "garbage-message":
      respond(Buffer.from([0, 0, 0, 0, 2, 0xff, 0xff]));
      break;
    case "no-message":
      stream.respond({ ...HEAD, "grpc-status": "0" }, { endStream: true });
      break;
    case "no-status":
      respond(Buffer.of(), { "fake-trailer": "x" });
      break;
    case "unknown-status":
      stream.respond({ ...HEAD, "grpc-status": "99", "grpc-message": "%zz" }, { endStream: true });
      break;
    case "http-503":
      stream.respond({ ":status": 503, "content-type": "text/html" });
      stream.end("<h1>no healthy upstream</h1>");
      break;
    case "wrong-content-type":
      stream.respond({ ":status": 200, "content-type": "application/json" });
      stream.end("{}");
      break;
  }
  return "answered";
}
