import { chmod, rm } from "node:fs/promises";
import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { resolve } from "node:path";
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { SpiffeWorkloadAPI } from "../../gen/workloadapi_pb.ts";
import { parseEndpoint } from "../../workload-api/endpoint.ts";
import { SECURITY_HEADER } from "../rpc/transport.ts";

/** The methods of the Workload API as the servers of this package implement them. */
export type WorkloadApiHandlers = ServiceImpl<typeof SpiffeWorkloadAPI>;

/** One call that reached the server. */
export interface RecordedCall {
  /** For example `FetchX509SVID`. */
  readonly method: string;
  /** Value of the metadata `workload.spiffe.io`, null if it was absent. */
  readonly securityHeader: string | null;
}

/** So many calls are remembered. */
const MAX_CALLS = 1000;

/** Where to listen. A socket gets its `mode` right after it appears: keep it in a directory that is closed to others. */
export type ListenOn =
  | { readonly path: string; readonly mode?: number }
  | { readonly host: string; readonly port: number };

/** A gRPC server for the Workload API on a unix or tcp socket; checks the security header before any handler runs. */
export class WorkloadApiServer {
  readonly address: string;
  readonly calls: readonly RecordedCall[];
  readonly #server: Http2Server;
  readonly #sockets: ReadonlySet<Socket>;
  readonly #path: string | undefined;

  private constructor(server: Http2Server, sockets: ReadonlySet<Socket>, calls: readonly RecordedCall[], on: ListenOn) {
    this.#server = server;
    this.#sockets = sockets;
    this.#path = "path" in on ? on.path : undefined;
    this.calls = calls;
    this.address = "path" in on ? unixAddress(on.path) : tcpAddress(server.address() as AddressInfo);
  }

  static async listen(handlers: WorkloadApiHandlers, listenOn: ListenOn): Promise<WorkloadApiServer> {
    const on = "path" in listenOn ? { ...listenOn, path: resolve(listenOn.path) } : listenOn;
    // Refuses what no client could dial, such as a path that is too long, with the reason.
    if ("path" in on) parseEndpoint(unixAddress(on.path));
    const calls: RecordedCall[] = [];
    const sockets = new Set<Socket>();
    const adapter = connectNodeAdapter({
      routes: (router) => router.service(SpiffeWorkloadAPI, guarded(handlers, calls)),
      connect: false,
      grpcWeb: false,
      acceptCompression: [],
    });
    const server = createServer(adapter);
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    // A workload that dies in the middle of a call is not an error of the server.
    server.on("session", (session: ServerHttp2Session) => session.on("error", () => {}));
    server.on("sessionError", () => {});
    await new Promise<void>((listening, reject) => {
      server.once("error", reject);
      server.listen("path" in on ? { path: on.path } : { host: on.host, port: on.port }, listening);
    });
    if ("path" in on && on.mode !== undefined) await chmod(on.path, on.mode);
    return new WorkloadApiServer(server, sockets, calls, on);
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

function guarded(handlers: WorkloadApiHandlers, calls: RecordedCall[]): WorkloadApiHandlers {
  const admit = (context: HandlerContext): void => {
    const securityHeader = context.requestHeader.get(SECURITY_HEADER.name);
    calls.push({ method: context.method.name, securityHeader });
    // A development agent may run for weeks.
    if (calls.length > MAX_CALLS) calls.shift();
    if (securityHeader !== SECURITY_HEADER.value) {
      throw new ConnectError("security header missing from request", Code.InvalidArgument);
    }
  };
  return {
    async *fetchX509SVID(request, context) {
      admit(context);
      yield* handlers.fetchX509SVID(request, context);
    },
    async *fetchX509Bundles(request, context) {
      admit(context);
      yield* handlers.fetchX509Bundles(request, context);
    },
    async *fetchJWTBundles(request, context) {
      admit(context);
      yield* handlers.fetchJWTBundles(request, context);
    },
    fetchJWTSVID(request, context) {
      admit(context);
      return handlers.fetchJWTSVID(request, context);
    },
    validateJWTSVID(request, context) {
      admit(context);
      return handlers.validateJWTSVID(request, context);
    },
  };
}

function unixAddress(path: string): string {
  return `unix://${path.split("/").map(encodeURIComponent).join("/")}`;
}

function tcpAddress({ address, family, port }: AddressInfo): string {
  return family === "IPv6" ? `tcp://[${address}]:${port}` : `tcp://${address}:${port}`;
}
