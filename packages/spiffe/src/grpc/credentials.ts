import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ChannelCredentials } from "@grpc/grpc-js";
import { connectVerified } from "../internal/tls/client.ts";
import { isStillUsable } from "../internal/tls/judge.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { clientTrust, type Trust } from "../internal/tls/trust.ts";
import type { SpiffeClientOptions } from "../tls/options.ts";
import { type Grpc, loadGrpc } from "./load.ts";

/** What `spiffeCredentials` takes besides. */
export interface CredentialsOptions {
  /** Milliseconds until the handshake has to be complete. Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/**
 * Channel credentials for grpc-js: each connection of the channel is made with the SVID and the bundles of that moment,
 * and grpc-js gets it only after the server was verified and authorized. Before each call the connection is looked at
 * again: when the server would no longer be admitted it is cut off, calls on it included, and another one is opened.
 *
 * They compose with call credentials. A refused server fails the call with UNAVAILABLE; `onRefused` knows the reason.
 * The age of connections is the server's affair (`maxConnectionAgeMs` of {@link bind}).
 *
 * @throws TypeError for options that cannot work, and if grpc-js is not installed.
 *
 * @example
 * ```ts
 * import { Client } from "@grpc/grpc-js";
 * import { spiffeCredentials } from "@idstack/spiffe/grpc";
 * import type { X509Source } from "@idstack/spiffe";
 * export const connect = (source: X509Source) =>
 *   new Client("api.apps.svc:50051", spiffeCredentials({ source, authorize: ["spiffe://homelab.internal/ns/apps/sa/api"] }));
 * ```
 */
export function spiffeCredentials(options: SpiffeClientOptions & CredentialsOptions): ChannelCredentials {
  return credentialsOf(loadGrpc(), options);
}

type Connector = ReturnType<ChannelCredentials["_createSecureConnector"]>;
type ConnectorArguments = Parameters<ChannelCredentials["_createSecureConnector"]>;

/** The same with a given copy of grpc-js. */
export function credentialsOf(grpc: Grpc, options: SpiffeClientOptions & CredentialsOptions): ChannelCredentials {
  const [own, { handshakeTimeoutMs = 10_000 }] = splitOptions<SpiffeClientOptions, CredentialsOptions>(options);
  const trust = clientTrust(own);
  // TLS, name resolution, proxies and balancing stay apart in grpc-js: this is its seam for the first.
  class SpiffeCredentials extends grpc.ChannelCredentials {
    override _isSecure(): boolean {
      return true;
    }

    override _equals(other: ChannelCredentials): boolean {
      return this === other;
    }

    override _createSecureConnector(...[target, channelOptions, callCredentials]: ConnectorArguments): Connector {
      const sockets = new Set<TLSSocket>();
      const host = hostOf(target.path, channelOptions["grpc.ssl_target_name_override"]);
      const perCall = recheck(grpc, sockets, trust);
      return {
        waitForReady: () => Promise.resolve(),
        connect: async (tcp) => ({ socket: await secure(tcp, host, sockets, trust, handshakeTimeoutMs), secure: true }),
        getCallCredentials: () => callCredentials?.compose(perCall) ?? perCall,
        destroy: () => {},
      };
    }
  }
  return new SpiffeCredentials();
}

function secure(
  tcp: Socket,
  host: string,
  sockets: Set<TLSSocket>,
  trust: Trust,
  timeoutMs: number,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    connectVerified({ socket: tcp, host, ALPNProtocols: ["h2"] }, trust, timeoutMs, (error, socket) => {
      if (socket === undefined) return reject(error);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      resolve(socket);
    });
  });
}

/** grpc-js asks for the metadata of a call after it chose a connection, and chooses again if that is gone then. */
function recheck(grpc: Grpc, sockets: ReadonlySet<TLSSocket>, trust: Trust): InstanceType<Grpc["CallCredentials"]> {
  return grpc.CallCredentials.createFromMetadataGenerator((_call, proceed) => {
    const done = (): void => proceed(null, new grpc.Metadata());
    const unusable = [...sockets].filter((socket) => !isStillUsable(socket, undefined, trust));
    if (unusable.length === 0) return done();
    const closed = unusable.map((socket) => new Promise((resolve) => socket.once("close", resolve).destroy()));
    void Promise.all(closed).then(() => setImmediate(done));
  });
}

/** The name in a target such as `api.apps.svc:50051` or `[::1]:50051`. */
function hostOf(path: string, override: string | undefined): string {
  return override ?? path.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}
