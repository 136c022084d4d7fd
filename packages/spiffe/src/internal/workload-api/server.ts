import type { JsonRecord } from "../proto/struct.ts";
import {
  type Gate,
  type Init,
  type ListenOn,
  type Route,
  type RpcContext,
  RpcServer,
  serverStream,
  unary,
} from "../rpc/server.ts";
import { RpcStatus } from "../rpc/status.ts";
import { type Method, SECURITY_HEADER } from "../rpc/transport.ts";
import { type Decoded, workloadApi } from "./methods.ts";

type Api = typeof workloadApi;
type Request<K extends keyof Api> = Decoded<Api[K]["request"]>;
type Response<K extends keyof Api> = Init<Decoded<Api[K]["response"]>>;
type Streams<K extends keyof Api> = (request: Request<K>, context: RpcContext) => AsyncIterable<Response<K>>;
type Answers<K extends keyof Api> = (request: Request<K>, context: RpcContext) => Response<K> | Promise<Response<K>>;

/** The methods of the Workload API as the servers of this package implement them; one throws an `RpcStatus` to refuse. */
export interface WorkloadApiHandlers {
  readonly fetchX509SVID: Streams<"fetchX509Svid">;
  readonly fetchX509Bundles: Streams<"fetchX509Bundles">;
  readonly fetchJWTBundles: Streams<"fetchJwtBundles">;
  readonly fetchJWTSVID: Answers<"fetchJwtSvid">;
  readonly validateJWTSVID: (
    request: Request<"validateJwtSvid">,
    context: RpcContext,
  ) => { readonly spiffeId?: string; readonly claims?: JsonRecord };
}

/** One call that reached the server. */
export interface RecordedCall {
  /** For example `FetchX509SVID`. */
  readonly method: string;
  /** Value of the metadata `workload.spiffe.io`, null if it was absent. */
  readonly securityHeader: string | null;
}

/** So many calls are remembered. */
const MAX_CALLS = 1000;

/** More methods, and what happens before any of them. */
export interface WorkloadApiServerOptions {
  readonly routes?: ReadonlyMap<string, Route>;
  readonly gate?: Gate | undefined;
}

/** A gRPC server for the Workload API on a unix or tcp socket; checks the security header before any handler runs. */
export class WorkloadApiServer {
  readonly calls: readonly RecordedCall[];
  readonly #server: RpcServer;

  private constructor(server: RpcServer, calls: readonly RecordedCall[]) {
    this.#server = server;
    this.calls = calls;
  }

  static async listen(
    handlers: WorkloadApiHandlers,
    on: ListenOn,
    options: WorkloadApiServerOptions = {},
  ): Promise<WorkloadApiServer> {
    const calls: RecordedCall[] = [];
    const gate: Gate = (path, stream, headers) => {
      const header = headers[SECURITY_HEADER.name];
      const securityHeader = typeof header === "string" ? header : null;
      calls.push({ method: path.slice(path.lastIndexOf("/") + 1), securityHeader });
      // A development agent may run for weeks.
      if (calls.length > MAX_CALLS) calls.shift();
      if (securityHeader !== SECURITY_HEADER.value) {
        throw new RpcStatus("InvalidArgument", "security header missing from request");
      }
      return options.gate?.(path, stream, headers) ?? "go on";
    };
    const routes = new Map([...routesOf(handlers), ...(options.routes ?? [])]);
    return new WorkloadApiServer(await RpcServer.listen({ routes, gate }, on), calls);
  }

  get address(): string {
    return this.#server.address;
  }

  get connections(): number {
    return this.#server.connections;
  }

  /** Cuts every connection without a goodbye. */
  breakConnections(): void {
    this.#server.breakConnections();
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

function routesOf(handlers: WorkloadApiHandlers): [string, Route][] {
  return [
    route(workloadApi.fetchX509Svid, serverStream(workloadApi.fetchX509Svid, handlers.fetchX509SVID)),
    route(workloadApi.fetchX509Bundles, serverStream(workloadApi.fetchX509Bundles, handlers.fetchX509Bundles)),
    route(workloadApi.fetchJwtBundles, serverStream(workloadApi.fetchJwtBundles, handlers.fetchJWTBundles)),
    route(workloadApi.fetchJwtSvid, unary(workloadApi.fetchJwtSvid, handlers.fetchJWTSVID)),
    route(
      workloadApi.validateJwtSvid,
      unary<Request<"validateJwtSvid">, object>(workloadApi.validateJwtSvid, handlers.validateJWTSVID),
    ),
  ];
}

function route(method: Pick<Method<unknown, unknown>, "path">, answer: Route): [string, Route] {
  return [method.path, answer];
}
