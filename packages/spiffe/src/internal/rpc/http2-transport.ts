import { type ClientHttp2Session, constants, type IncomingHttpHeaders } from "node:http2";
import type { Endpoint } from "../../workload-api/endpoint.ts";
import { decode, type Message } from "../proto/message.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { Connection, keepAlive } from "./connection.ts";
import { toSpiffeError } from "./errors.ts";
import { frame, unframe } from "./frames.ts";
import { BrokenConnection, RpcStatus, statusOfHttp, statusOfReset, statusOfTrailers } from "./status.ts";
import type { Method, RpcTransport } from "./transport.ts";

/** What a transport adds to its calls and how much it reads. */
export interface Http2TransportOptions {
  /** Metadata of every call. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest message that is read: a hostile server must not fill the memory. Default 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
}

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const CANCEL = constants.NGHTTP2_CANCEL;

/**
 * gRPC on `node:http2`, as much of it as the APIs of SPIFFE need: unary calls and server streams without TLS,
 * compression or deadlines ("gRPC over HTTP2", PROTOCOL-HTTP2.md).
 */
export function http2Transport(endpoint: Endpoint, options: Http2TransportOptions): RpcTransport {
  const { headers, maxMessageBytes = MAX_MESSAGE_BYTES } = options;
  const connection = new Connection(endpoint);

  async function* messages<I, O>(method: Method<I, O>, input: Partial<I>, signal?: AbortSignal): AsyncGenerator<O> {
    try {
      signal?.throwIfAborted();
      const session = await unlessAborted(connection.session(), signal);
      const body = call(session, { ...headers, ":path": method.path }, frame(method.request.encode(input)), signal);
      for await (const bytes of unframe(body, maxMessageBytes)) yield parse(method.response, bytes);
    } catch (error) {
      signal?.throwIfAborted();
      throw toSpiffeError(error, endpoint);
    }
  }

  return {
    async unary(method, input, signal) {
      const answers = messages(method, input, signal);
      const first = await answers.next();
      if (first.done) throw toSpiffeError(new RpcStatus("Internal", "no message arrived"), endpoint);
      const second = await answers.next();
      await answers.return(undefined);
      if (!second.done) throw toSpiffeError(new RpcStatus("Internal", "a second message arrived"), endpoint);
      return first.value;
    },
    stream: messages,
    close: () => connection.close(),
  };
}

type Head = IncomingHttpHeaders & { readonly ":status"?: number | undefined };

/** The body of the answer, once its head says that it is gRPC. @throws RpcStatus unless the server says OK in the end. */
async function* call(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const stream = session.request({
    ":method": "POST",
    "content-type": "application/grpc+proto",
    te: "trailers",
    "grpc-accept-encoding": "identity",
    ...headers,
  });
  keepAlive(session, stream);
  let trailers: IncomingHttpHeaders | undefined;
  let ended = false;
  // The head arrived, or never will. Deno announces bytes of the body before it.
  const answered = new Promise<Head | undefined>((done) => {
    stream.once("response", done).once("close", () => done(undefined));
  });
  stream.once("trailers", (received) => {
    trailers = received;
  });
  // Whatever goes wrong is seen below; this keeps it from being an uncaught exception where nobody reads any more.
  stream.on("error", () => {});
  const cancel = (): void => {
    if (!ended && !stream.destroyed) stream.close(CANCEL);
  };
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    stream.end(body);
    const head = await answered;
    for await (const chunk of stream) {
      checkHead(head);
      yield chunk as Uint8Array;
    }
    // A body may end without an error although the stream was cut.
    if (head === undefined || (stream.rstCode !== 0 && trailers === undefined)) throw new BrokenConnection();
    checkHead(head);
    ended = true;
    const status = statusOfTrailers(trailers ?? head);
    if (status !== undefined) throw status;
  } catch (error) {
    const code = stream.rstCode ?? 0;
    if (error instanceof RpcStatus && !(error instanceof BrokenConnection)) throw error;
    if (code === 0 || code === CANCEL) throw new BrokenConnection(error);
    throw new RpcStatus(statusOfReset(code), `the stream was reset (HTTP/2 error ${code})`, error);
  } finally {
    signal?.removeEventListener("abort", cancel);
    // Ends the HTTP/2 stream also when the reader just stops reading.
    cancel();
  }
}

/** @throws RpcStatus */
function checkHead(head: Head | undefined): void {
  const { ":status": status, "content-type": type = "", "grpc-encoding": encoding = "identity" } = head ?? {};
  if (status !== 200) throw new RpcStatus(statusOfHttp(status), `HTTP status ${status}`);
  if (!/^application\/grpc(\+proto)?(;|$)/.test(type)) throw new RpcStatus("Unknown", "the answer is not gRPC");
  if (encoding !== "identity") throw new RpcStatus("Internal", "the answer is compressed");
}

function parse<T>(message: Message<T>, bytes: Uint8Array): T {
  try {
    return decode(message, bytes);
  } catch (error) {
    throw new RpcStatus("Internal", `a message does not parse: ${(error as Error).message}`);
  }
}
