import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Server } from "@grpc/grpc-js";
import { Connections } from "../internal/tls/connections.ts";
import { createServer, type TlsServerOptions } from "../tls/create-server.ts";
import { type DrainOptions, drain } from "../tls/drain.ts";
import type { AnyPeerServerOptions, SpiffePeerServerOptions } from "../tls/options.ts";
import { type Grpc, loadGrpc } from "./load.ts";

/** What `bind` takes besides. */
export type BindOptions = Omit<TlsServerOptions, "ALPNProtocols">;

/** Calls may go on this long on a connection that has reached its age, before grpc-js cancels them. */
const AGE_GRACE_MS = 600_000;

/** A port or socket on which a gRPC server is served, see {@link bind}. */
export interface Binding extends AsyncDisposable {
  /** The port that was bound; 0 for a unix socket. */
  readonly port: number;
  /** Takes no new connections, lets calls end, and resolves when all connections are closed: how many had to be cut off. */
  drain(options?: DrainOptions): Promise<number>;
  /** Cuts everything off. */
  close(): Promise<void>;
}

/**
 * Serves a grpc-js server over SPIFFE mTLS, in place of its `bindAsync`. TLS ends here, and grpc-js gets a connection only
 * after its peer was verified and authorized: no interceptor and no handler runs for anybody else. `peerOf(call)` tells
 * handlers who calls. Rotated SVIDs reach new connections, open ones stay open.
 *
 * With `maxConnectionAgeMs` an old connection gets a GOAWAY; its calls may go on for ten minutes.
 *
 * @param address `host:port`, `[::1]:port` or `unix:/path`. Port 0 is a free one.
 * @throws Node's error if the address cannot be bound; TypeError for options that cannot work, and if grpc-js is not
 * installed.
 *
 * @example
 * ```ts
 * import { Server } from "@grpc/grpc-js";
 * import { bind } from "@idstack/spiffe/grpc";
 * import type { X509Source } from "@idstack/spiffe";
 * export async function serve(server: Server, source: X509Source): Promise<void> {
 *   const binding = await bind(server, "0.0.0.0:50051", { source, authorize: ["spiffe://homelab.internal/web"] });
 *   process.once("SIGTERM", () => binding.drain({ timeoutMs: 5000 }));
 * }
 * ```
 */
export function bind(
  server: Server,
  address: string,
  options: (SpiffePeerServerOptions | AnyPeerServerOptions) & BindOptions,
): Promise<Binding> {
  return bindWith(loadGrpc(), server, address, options);
}

/** The same with a given copy of grpc-js. */
export async function bindWith(
  grpc: Grpc,
  server: Server,
  address: string,
  options: (SpiffePeerServerOptions | AnyPeerServerOptions) & BindOptions,
): Promise<Binding> {
  const tls = createServer({ ...(options as SpiffePeerServerOptions), ALPNProtocols: ["h2"] });
  const credentials = grpc.ServerCredentials.createInsecure();
  tls.on("secureConnection", (socket: TLSSocket) => {
    // One for each connection: what can be ended gracefully is an injector.
    const injector = server.createConnectionInjector(credentials);
    Connections.of(tls)?.endWith(socket, () => injector.drain(AGE_GRACE_MS));
    socket.once("close", () => injector.destroy());
    injector.injectConnection(socket);
  });
  tls.listen(listenOptions(address));
  await once(tls, "listening");
  const close = async (): Promise<void> => {
    await drain(tls, { timeoutMs: 0 });
  };
  return {
    port: portOf(tls.address()),
    drain: (drainOptions) => drain(tls, drainOptions),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listenOptions(address: string): { host: string; port: number } | { path: string } {
  if (address.startsWith("unix:")) return { path: address.slice("unix:".length).replace(/^\/\/(?=\/)/, "") };
  const [, host, port] = /^(?:dns:)?(.+):(\d+)$/.exec(address) ?? [];
  if (host === undefined) throw new TypeError(`${JSON.stringify(address)} is no address: host:port or unix:/path`);
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}
