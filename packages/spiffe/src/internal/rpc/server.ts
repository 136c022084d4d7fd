import { chmod, rm } from "node:fs/promises";
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { resolve } from "node:path";
import { parseEndpoint } from "../../workload-api/endpoint.ts";
import { decode } from "../proto/message.ts";
import { frame, unframe } from "./frames.ts";
import { RpcStatus, STATUS_NAMES, type StatusName } from "./status.ts";
import type { Method } from "./transport.ts";

/** A message to write: fields that are left out, also of messages inside it, are zero. */
export type Init<T> = T extends Uint8Array | string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Init<Item>[]
    : string extends keyof T
      ? Readonly<Record<string, Init<T[keyof T]>>>
      : { readonly [K in keyof T]?: Init<T[K]> | undefined };

/** What a handler knows about a call besides its message. */
export interface RpcContext {
  readonly headers: IncomingHttpHeaders;
  /** Aborts when the caller is gone or the server closes. */
  readonly signal: AbortSignal;
}

/** Answers the calls of one method; throws an `RpcStatus` to refuse. */
export interface Route {
  /** Without a message: the call is answered by its status alone. */
  answer(request: Uint8Array, context: RpcContext): AsyncIterable<Uint8Array>;
}

/** Every call passes here first, whatever it calls: to record it, to refuse it, or to answer it in some other way. */
export type Gate = (path: string, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => "go on" | "answered";

export interface RpcServerOptions {
  readonly routes: ReadonlyMap<string, Route>;
  readonly gate?: Gate | undefined;
}

/** Where to listen. A socket gets its `mode` right after it appears: keep it in a directory that is closed to others. */
export type ListenOn =
  | { readonly path: string; readonly mode?: number }
  | { readonly host: string; readonly port: number };

/** Requests of these APIs are small: audiences, selectors, a token. */
const MAX_REQUEST_BYTES = 1024 * 1024;

/** gRPC on `node:http2` for the fake and the development agent: unary calls and server streams. */
export class RpcServer {
  readonly address: string;
  readonly #server: Http2Server;
  readonly #sockets: ReadonlySet<Socket>;
  readonly #path: string | undefined;

  private constructor(server: Http2Server, sockets: ReadonlySet<Socket>, on: ListenOn) {
    this.#server = server;
    this.#sockets = sockets;
    this.#path = "path" in on ? on.path : undefined;
    this.address = "path" in on ? unixAddress(on.path) : tcpAddress(server.address() as AddressInfo);
  }

  static async listen(options: RpcServerOptions, listenOn: ListenOn): Promise<RpcServer> {
    const on = "path" in listenOn ? { ...listenOn, path: resolve(listenOn.path) } : listenOn;
    // Refuses what no client could dial, such as a path that is too long, with the reason.
    if ("path" in on) parseEndpoint(unixAddress(on.path));
    const sockets = new Set<Socket>();
    const server = createServer();
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    // A caller that dies in the middle of a call is not an error of the server.
    server.on("session", (session: ServerHttp2Session) => session.on("error", () => {}));
    server.on("sessionError", () => {});
    server.on("stream", (stream, headers) => void serve(stream, headers, options));
    await new Promise<void>((listening, reject) => {
      server.once("error", reject);
      server.listen("path" in on ? { path: on.path } : { host: on.host, port: on.port }, listening);
    });
    if ("path" in on && on.mode !== undefined) await chmod(on.path, on.mode);
    return new RpcServer(server, sockets, on);
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Cuts every connection without a goodbye. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.breakConnections();
    await closed;
    if (this.#path !== undefined) await rm(this.#path, { force: true });
  }
}

/** A route for a method of one message in, one message out. */
export function unary<I, O extends object>(
  { request, response }: Method<I, O>,
  handle: (request: I, context: RpcContext) => Init<O> | Promise<Init<O>>,
): Route {
  return {
    async *answer(bytes, context) {
      yield response.encode((await handle(decode(request, bytes), context)) as Partial<O>);
    },
  };
}

/** A route for a method that streams. */
export function serverStream<I, O extends object>(
  { request, response }: Method<I, O>,
  handle: (request: I, context: RpcContext) => AsyncIterable<Init<O>>,
): Route {
  return {
    async *answer(bytes, context) {
      for await (const message of handle(decode(request, bytes), context)) yield response.encode(message as Partial<O>);
    },
  };
}

async function serve(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: RpcServerOptions,
): Promise<void> {
  const gone = new AbortController();
  stream.on("close", () => gone.abort());
  stream.on("error", () => {});
  try {
    const path = headers[":path"] ?? "";
    if (options.gate?.(path, stream, headers) === "answered") return;
    const type = headers["content-type"] ?? "";
    if (!type.startsWith("application/grpc")) {
      stream.respond({ ":status": 415 }, { endStream: true });
      return;
    }
    const route = options.routes.get(path);
    if (route === undefined) throw new RpcStatus("Unimplemented", `${path} is not a method of this server`);
    for await (const message of route.answer(await requestOf(stream), { headers, signal: gone.signal })) {
      if (stream.destroyed) return;
      if (!stream.headersSent) begin(stream);
      if (!stream.write(frame(message))) await drained(stream);
    }
    if (!stream.headersSent) end(stream, OK);
    else stream.end();
  } catch (error) {
    const status = trailersOf(error);
    if (stream.destroyed) return;
    if (!stream.headersSent) return end(stream, status);
    failures.set(stream, status);
    stream.end();
  }
}

/** Statuses of streams that fail after their first message. */
const failures = new WeakMap<ServerHttp2Stream, Record<string, string>>();

const OK = { "grpc-status": "0" };

function begin(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(failures.get(stream) ?? OK));
}

/** An answer without a message: "Trailers-Only". */
function end(stream: ServerHttp2Stream, status: Record<string, string>): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc+proto", ...status }, { endStream: true });
}

async function requestOf(stream: ServerHttp2Stream): Promise<Uint8Array> {
  // The answer goes over the same stream: it has to outlive the reading.
  const body = stream.iterator({ destroyOnReturn: false });
  for await (const message of unframe(body, MAX_REQUEST_BYTES)) return message;
  throw new RpcStatus("Internal", "the request holds no message");
}

function drained(stream: ServerHttp2Stream): Promise<void> {
  return new Promise((done) => {
    stream.once("drain", done);
    stream.once("close", done);
  });
}

/** `grpc-status` and `grpc-message` for what a handler threw. */
export function trailersOf(error: unknown): Record<string, string> {
  const name: StatusName = error instanceof RpcStatus ? error.status : "Internal";
  const message = (error as Error)?.message ?? String(error);
  return { "grpc-status": String(STATUS_NAMES.indexOf(name)), "grpc-message": encodeURIComponent(message) };
}

function unixAddress(path: string): string {
  return `unix://${path.split("/").map(encodeURIComponent).join("/")}`;
}

function tcpAddress({ address, family, port }: AddressInfo): string {
  return family === "IPv6" ? `tcp://[${address}]:${port}` : `tcp://${address}:${port}`;
}
