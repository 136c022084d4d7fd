import type { JsonObject } from "@bufbuild/protobuf";
import { X509BundleSet } from "../bundle/x509-bundle.ts";
import type { SpiffeError } from "../errors.ts";
import { SpiffeWorkloadAPI } from "../gen/workloadapi_pb.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { connectTransport } from "../internal/rpc/connect-transport.ts";
import type { RpcTransport } from "../internal/rpc/transport.ts";
import { type Endpoint, findEndpoint } from "./endpoint.ts";
import { bundleDomain, malformed, readBundles, readX509Response, type X509Update } from "./x509-response.ts";

/** Options of {@link WorkloadApiClient}. */
export interface WorkloadApiClientOptions {
  /** `unix:///path` or `tcp://IP:port`. Default: the environment variable `SPIFFE_ENDPOINT_SOCKET`. */
  readonly address?: string | undefined;
}

/** Options of a stream. */
export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told about messages, SVIDs and bundles that were left out; the stream goes on. */
  readonly onError?: ((error: SpiffeError) => void) | undefined;
  /** Milliseconds since the epoch, for the validity of SVIDs. Default: the system clock. */
  readonly now?: (() => number) | undefined;
}

/** A JWT-SVID as the agent issued it. */
export interface JwtSvid {
  readonly id: SpiffeId;
  /** JWS compact serialization: a bearer credential, keep it out of logs. */
  readonly token: string;
  readonly hint?: string;
}

/** What the agent found in a JWT-SVID that it validated. */
export interface ValidatedJwtSvid {
  readonly id: SpiffeId;
  readonly claims: JsonObject;
}

/**
 * The calls of the SPIFFE Workload API, one stream or request each: no retry, no state. Applications use `X509Source`,
 * which keeps a stream open and reconnects.
 *
 * @throws {@link SpiffeError} `no-endpoint-address` or `invalid-endpoint-address` from the constructor; the methods
 * throw the `WorkloadApiErrorCode`s, or the reason of an aborted signal.
 *
 * @example
 * ```ts
 * import { WorkloadApiClient } from "@idstack/spiffe";
 * import { startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
 * const agent = await startWorkloadApi({ svids: [new TestCa("homelab.internal").svid("/web")] });
 * const client = new WorkloadApiClient({ address: agent.address });
 * for await (const { svids } of client.watchX509()) {
 *   console.log(`${svids[0].id}`);
 *   break;
 * }
 * client.close();
 * await agent.close();
 * ```
 */
export class WorkloadApiClient {
  readonly endpoint: Endpoint;
  readonly #transport: RpcTransport;

  constructor(options: WorkloadApiClientOptions = {}) {
    this.endpoint = findEndpoint(options.address);
    this.#transport = connectTransport(this.endpoint);
  }

  /** X.509-SVIDs with their bundles, again after every change; ends when the agent ends the stream (SPIFFE_Workload_API §5.2.1). */
  async *watchX509(options: WatchOptions = {}): AsyncGenerator<X509Update, void, undefined> {
    const { onError = () => {}, now = Date.now } = options;
    for await (const message of this.#transport.stream(SpiffeWorkloadAPI.method.fetchX509SVID, {}, options.signal)) {
      const update = orReport(() => readX509Response(message, now(), onError), onError);
      if (update !== undefined) yield update;
    }
  }

  /** X.509 bundles only, for workloads that verify peers without an identity of their own (§5.2.2). */
  async *watchX509Bundles(options: WatchOptions = {}): AsyncGenerator<X509BundleSet, void, undefined> {
    const { onError = () => {} } = options;
    for await (const { bundles } of this.#transport.stream(
      SpiffeWorkloadAPI.method.fetchX509Bundles,
      {},
      options.signal,
    )) {
      if (Object.keys(bundles).length === 0) onError(malformed("the mandatory field bundles is empty"));
      else {
        const read = orReport(() => readBundles(bundles, onError), onError);
        if (read !== undefined) yield new X509BundleSet(read);
      }
    }
  }

  /** JWT-SVIDs for an audience (§6.2.1). `subject` asks for one of the workload's identities. */
  async fetchJwtSvids(
    audience: string | readonly [string, ...string[]],
    options: { readonly subject?: SpiffeId; readonly signal?: AbortSignal } = {},
  ): Promise<JwtSvid[]> {
    const audiences = typeof audience === "string" ? [audience] : [...audience];
    if (audiences.length === 0 || audiences.includes("")) throw new TypeError("a JWT-SVID needs at least one audience");
    const input = { audience: audiences, spiffeId: options.subject?.toString() ?? "" };
    const { svids } = await this.#transport.unary(SpiffeWorkloadAPI.method.fetchJWTSVID, input, options.signal);
    if (svids.length === 0) throw malformed("the mandatory field svids is empty");
    const hints = new Set<string>();
    return svids.flatMap(({ spiffeId, svid, hint }) => {
      if (spiffeId === "" || svid === "") throw malformed("a mandatory field of a JWT-SVID is empty");
      const id = agentId(spiffeId);
      if (hint === "") return [{ id, token: svid }];
      // With a duplicate hint the first entry wins (§6.2.1).
      if (hints.has(hint)) return [];
      hints.add(hint);
      return [{ id, token: svid, hint }];
    });
  }

  /** JWKS documents by trust domain name, again after every change (§6.2.2). */
  async *watchJwtBundles(options: WatchOptions = {}): AsyncGenerator<ReadonlyMap<string, string>, void, undefined> {
    const { onError = () => {} } = options;
    for await (const { bundles } of this.#transport.stream(
      SpiffeWorkloadAPI.method.fetchJWTBundles,
      {},
      options.signal,
    )) {
      const domains = Object.entries(bundles);
      if (domains.length === 0) onError(malformed("the mandatory field bundles is empty"));
      else {
        yield new Map(
          domains.flatMap(([domain, bytes]): [string, string][] => {
            const name = orReport(() => bundleDomain(domain).name, onError);
            return name === undefined ? [] : [[name, new TextDecoder().decode(bytes)]];
          }),
        );
      }
    }
  }

  /** Lets the agent validate a JWT-SVID that a peer presented (§6.2.3). */
  async validateJwtSvid(
    token: string,
    audience: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<ValidatedJwtSvid> {
    const input = { audience, svid: token };
    const response = await this.#transport.unary(SpiffeWorkloadAPI.method.validateJWTSVID, input, options.signal);
    if (response.spiffeId === "" || response.claims === undefined) {
      throw malformed("a mandatory field of the validation is empty");
    }
    return { id: agentId(response.spiffeId), claims: response.claims };
  }

  /** Ends the connection and all open streams. */
  close(): void {
    this.#transport.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function agentId(text: string): SpiffeId {
  try {
    return SpiffeId.parse(text);
  } catch (cause) {
    throw malformed((cause as Error).message);
  }
}

function orReport<T>(read: () => T, report: (error: SpiffeError) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    report(error as SpiffeError);
    return undefined;
  }
}
