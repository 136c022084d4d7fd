import { connect, type Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import type { Endpoint } from "../../workload-api/endpoint.ts";
import { toSpiffeError } from "./errors.ts";
import { type RpcTransport, SECURITY_HEADER } from "./transport.ts";

/** Largest message read from an agent: a hostile one must not fill the memory. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
// The URL only fills the :authority pseudo header; the connection is made by dial().
const BASE_URL = "http://localhost";

/** gRPC by `@connectrpc/connect-node` over a unix or tcp endpoint. */
export function connectTransport(endpoint: Endpoint): RpcTransport {
  const session = new Http2SessionManager(BASE_URL, {}, { createConnection: () => dial(endpoint) });
  const transport = createGrpcTransport({
    baseUrl: BASE_URL,
    sessionManager: session,
    acceptCompression: [],
    readMaxBytes: MAX_MESSAGE_BYTES,
  });
  const header = { [SECURITY_HEADER.name]: SECURITY_HEADER.value };
  return {
    async unary(method, input, signal) {
      try {
        const response = await transport.unary(method, signal, undefined, header, input);
        return response.message;
      } catch (error) {
        signal?.throwIfAborted();
        throw toSpiffeError(error, endpoint);
      }
    },
    async *stream(method, input, signal) {
      // Ends the HTTP/2 stream also when the reader just stops reading.
      const reading = new AbortController();
      const either = signal === undefined ? reading.signal : AbortSignal.any([signal, reading.signal]);
      try {
        const response = await transport.stream(method, either, undefined, header, once(input));
        yield* response.message;
      } catch (error) {
        signal?.throwIfAborted();
        throw toSpiffeError(error, endpoint);
      } finally {
        reading.abort();
      }
    },
    close: () => session.abort(new ConnectError("closed", Code.Canceled)),
  };
}

function dial(endpoint: Endpoint): Socket {
  if (endpoint.kind === "unix") {
    const socket = connect({ path: endpoint.path });
    // node:http2 takes a socket that failed at once for a connected one, and the session manager would open another
    // session for ever without letting any other code run.
    if (socket.destroyed) {
      socket.on("error", () => {});
      throw socket.errored ?? new Error("the socket cannot be opened");
    }
    return socket;
  }
  const socket = connect({ host: endpoint.host, port: endpoint.port });
  return socket.setKeepAlive(true, 30_000);
}

async function* once<T>(value: T): AsyncIterable<T> {
  yield value;
}
