import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from "node:http2";
import type { Endpoint } from "../../workload-api/endpoint.ts";
import { Connection } from "./connection.ts";
import { toSpiffeError } from "./errors.ts";
import { frame, unframe } from "./frames.ts";
import { BrokenConnection, RpcStatus, STATUS_NAMES, statusOfHttp, statusOfReset } from "./status.ts";
import type { Method, RpcTransport } from "./transport.ts";

/** What a transport adds to its calls and how much it reads. */
export interface Http2TransportOptions {
  /** Metadata of every call. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest message that is read: a hostile server must not fill the memory. Default 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
}

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const CANCEL = 0x8;

/**
 * gRPC on `node:http2`, as much of it as the APIs of SPIFFE need: unary calls and server streams without TLS,
 * compression or deadlines ("gRPC over HTTP2", PROTOCOL-HTTP2.md).
 */
export function http2Transport(endpoint: Endpoint, options: Http2TransportOptions): RpcTransport {
  const { headers, maxMessageBytes = MAX_MESSAGE_BYTES } = options;
  const connection = new Connection(endpoint);

  async function* messages<I, O>(method: Method<I, O>, input: Partial<I>, signal?: AbortSignal): AsyncGenerator<O> {
    let call: Call | undefined;
    try {
      signal?.throwIfAborted();
      const session = await unlessAborted(connection.session(), signal);
      call = new Call(session, method.path, headers, frame(method.request.encode(input)), signal);
      for await (const bytes of unframe(call.body(), maxMessageBytes)) yield decode(method, bytes);
      call.finish();
    } catch (error) {
      signal?.throwIfAborted();
      throw toSpiffeError(error, endpoint);
    } finally {
      // Ends the HTTP/2 stream also when the reader just stops reading.
      call?.cancel();
    }
  }

  return {
    async unary(method, input, signal) {
      let first: { readonly message: ReturnType<typeof method.response.decode> } | undefined;
      for await (const message of messages(method, input, signal)) {
        if (first !== undefined) throw toSpiffeError(new RpcStatus("Internal", "a second message arrived"), endpoint);
        first = { message };
      }
      if (first === undefined) throw toSpiffeError(new RpcStatus("Internal", "no message arrived"), endpoint);
      return first.message;
    },
    stream: messages,
    close: () => connection.close(),
  };
}

/** One HTTP/2 stream. */
class Call {
  readonly #stream: ClientHttp2Stream;
  readonly #onAbort: () => void;
  readonly #signal: AbortSignal | undefined;
  #head: (IncomingHttpHeaders & IncomingHttpStatusHeader) | undefined;
  #trailers: IncomingHttpHeaders | undefined;
  /** The head arrived, or never will. Deno announces bytes of the body before it. */
  readonly #answered: Promise<void>;
  #ended = false;

  constructor(
    session: ClientHttp2Session,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal;
    this.#stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc+proto",
      te: "trailers",
      "grpc-accept-encoding": "identity",
      ...headers,
    });
    session.ref();
    calls.set(session, (calls.get(session) ?? 0) + 1);
    this.#stream.once("close", () => {
      const open = (calls.get(session) ?? 1) - 1;
      calls.set(session, open);
      if (open === 0 && !session.destroyed) session.unref();
    });
    this.#answered = new Promise((answered) => {
      this.#stream.once("response", (head) => {
        this.#head = head;
        answered();
      });
      this.#stream.once("close", answered);
    });
    this.#stream.on("trailers", (trailers) => {
      this.#trailers = trailers;
    });
    // Whatever goes wrong is seen by body(); this keeps it from being an uncaught exception where nobody reads any more.
    this.#stream.on("error", () => {});
    this.#onAbort = () => this.cancel();
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#stream.end(body);
  }

  /** The body, once the head says that it is gRPC. */
  async *body(): AsyncGenerator<Uint8Array> {
    await this.#answered;
    try {
      for await (const chunk of this.#stream) {
        this.#checkHead();
        yield chunk as Uint8Array;
      }
    } catch (error) {
      throw error instanceof RpcStatus ? error : this.#broken(error);
    }
    // A body may end without an error although the stream was cut.
    if (this.#head === undefined || (this.#stream.rstCode !== 0 && this.#trailers === undefined)) {
      throw this.#broken(undefined);
    }
    this.#checkHead();
  }

  /** @throws RpcStatus unless the server said OK. */
  finish(): void {
    const trailers = this.#trailers ?? this.#head;
    const text = trailers?.["grpc-status"];
    if (typeof text !== "string") throw new RpcStatus("Unknown", "the server sent no grpc-status");
    if (text === "0") {
      this.#ended = true;
      return;
    }
    const status = /^\d{1,2}$/.test(text) ? (STATUS_NAMES[Number(text)] ?? "Unknown") : "Unknown";
    throw new RpcStatus(status, messageOf(trailers?.["grpc-message"]));
  }

  cancel(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    if (!this.#ended && !this.#stream.destroyed) this.#stream.close(CANCEL);
  }

  #checkHead(): void {
    const status = this.#head?.[":status"];
    const type = this.#head?.["content-type"];
    if (status !== 200) throw new RpcStatus(statusOfHttp(status), `HTTP status ${status}`);
    if (typeof type !== "string" || !/^application\/grpc(\+proto)?(;|$)/.test(type)) {
      throw new RpcStatus("Unknown", "the answer is not gRPC");
    }
    const encoding = this.#head?.["grpc-encoding"];
    if (encoding !== undefined && encoding !== "identity") throw new RpcStatus("Internal", "the answer is compressed");
  }

  #broken(error: unknown): RpcStatus {
    const { rstCode } = this.#stream;
    if (rstCode !== undefined && rstCode !== 0 && rstCode !== CANCEL) {
      return new RpcStatus(statusOfReset(rstCode), `the stream was reset (HTTP/2 error ${rstCode})`, error);
    }
    return new BrokenConnection(error);
  }
}

/** Open calls of each session. */
const calls = new WeakMap<ClientHttp2Session, number>();

function decode<I, O>(method: Method<I, O>, bytes: Uint8Array): O {
  try {
    return method.response.decode(bytes);
  } catch (error) {
    throw new RpcStatus("Internal", `a message does not parse: ${(error as Error).message}`);
  }
}

/** `grpc-message` is percent-encoded UTF-8; it comes from outside and is shown to people. */
function messageOf(encoded: string | string[] | undefined): string {
  const text = String(encoded ?? "no message").slice(0, 1000);
  let decoded = text;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    // Cut off or not encoded at all: shown as it came.
  }
  return decoded.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
