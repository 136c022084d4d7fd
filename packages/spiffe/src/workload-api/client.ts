import { X509BundleSet } from "../bundle/x509-bundle.ts";
import type { SpiffeError } from "../errors.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { utf8 } from "../internal/json.ts";
import type { JsonRecord } from "../internal/proto/struct.ts";
import { http2Transport } from "../internal/rpc/http2-transport.ts";
import { type RpcTransport, SECURITY_HEADER } from "../internal/rpc/transport.ts";
import { workloadApi } from "../internal/workload-api/methods.ts";
import { type Endpoint, findEndpoint } from "./endpoint.ts";
import { Limits, type WorkloadApiLimits } from "./limits.ts";
import {
  bundleDomain,
  bundleRejected,
  checkBundleCount,
  malformed,
  readBundles,
  readX509Response,
  type X509Update,
} from "./x509-response.ts";

/** Options of {@link WorkloadApiClient}. */
export interface WorkloadApiClientOptions {
  /** `unix:///path` or `tcp://IP:port`. Default: the environment variable `SPIFFE_ENDPOINT_SOCKET`. */
  readonly address?: string | undefined;
  /** How much an agent may send. */
  readonly limits?: WorkloadApiLimits | undefined;
}

/** Options of a single request. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Options of a request whose answer may be used in part. */
export interface FetchOptions extends CallOptions {
  /** Told about SVIDs and bundles that were left out, in a stream also about messages; the stream goes on. */
  readonly onError?: ((error: SpiffeError) => void) | undefined;
  /** Milliseconds since the epoch, for the validity of SVIDs. Default: the system clock. */
  readonly now?: (() => number) | undefined;
}

/** Options of a stream. */
export type WatchOptions = FetchOptions;

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
  readonly claims: JsonRecord;
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
  readonly #limits: Limits;

  constructor(options: WorkloadApiClientOptions = {}) {
    this.endpoint = findEndpoint(options.address);
    this.#limits = new Limits(options.limits);
    this.#transport = http2Transport(this.endpoint, {
      headers: { [SECURITY_HEADER.name]: SECURITY_HEADER.value },
      maxMessageBytes: this.#limits.maxMessageBytes,
    });
  }

  /** X.509-SVIDs with their bundles, as they are now (SPIFFE_Workload_API §5.2.1). */
  fetchX509(options: FetchOptions = {}): Promise<X509Update> {
    const { onError = () => {}, now = Date.now, signal } = options;
    return this.#first(this.#transport.stream(workloadApi.fetchX509Svid, {}, signal), (message) =>
      readX509Response(message, now(), onError, this.#limits),
    );
  }

  /** X.509-SVIDs with their bundles, again after every change; ends when the agent ends the stream (§5.2.1). */
  async *watchX509(options: WatchOptions = {}): AsyncGenerator<X509Update, void, undefined> {
    const { onError = () => {}, now = Date.now, signal } = options;
    for await (const message of this.#transport.stream(workloadApi.fetchX509Svid, {}, signal)) {
      const update = orReport(() => readX509Response(message, now(), onError, this.#limits), onError);
      if (update !== undefined) yield update;
    }
  }

  /** X.509 bundles only, as they are now (§5.2.2). */
  fetchX509Bundles(options: FetchOptions = {}): Promise<X509BundleSet> {
    const { onError = () => {}, signal } = options;
    return this.#first(this.#transport.stream(workloadApi.fetchX509Bundles, {}, signal), ({ bundles }) =>
      this.#x509Bundles(bundles, onError),
    );
  }

  /** X.509 bundles only, for workloads that verify peers without an identity of their own; again after every change (§5.2.2). */
  async *watchX509Bundles(options: WatchOptions = {}): AsyncGenerator<X509BundleSet, void, undefined> {
    const { onError = () => {}, signal } = options;
    for await (const { bundles } of this.#transport.stream(workloadApi.fetchX509Bundles, {}, signal)) {
      const read = orReport(() => this.#x509Bundles(bundles, onError), onError);
      if (read !== undefined) yield read;
    }
  }

  /** JWT-SVIDs for an audience (§6.2.1). `subject` asks for one of the workload's identities. */
  async fetchJwtSvids(
    audience: string | readonly [string, ...string[]],
    options: CallOptions & { readonly subject?: SpiffeId | undefined } = {},
  ): Promise<JwtSvid[]> {
    const { maxAudiences, maxSvids } = this.#limits;
    const audiences = typeof audience === "string" ? [audience] : [...audience];
    if (audiences.length === 0 || audiences.includes("")) throw new TypeError("a JWT-SVID needs at least one audience");
    if (audiences.length > maxAudiences) throw new TypeError(`a JWT-SVID has at most ${maxAudiences} audiences`);
    const input = { audience: audiences, spiffeId: options.subject?.toString() ?? "" };
    const { svids } = await this.#transport.unary(workloadApi.fetchJwtSvid, input, options.signal);
    if (svids.length === 0) throw malformed("the mandatory field svids is empty");
    if (svids.length > maxSvids) throw malformed(`more than ${maxSvids} JWT-SVIDs`);
    const hints = new Set<string>();
    return svids.flatMap(({ spiffeId, svid, hint }) => {
      if (spiffeId === "" || svid === "") throw malformed("a mandatory field of a JWT-SVID is empty");
      const id = this.#agentId(spiffeId);
      if (hint === "") return [{ id, token: svid }];
      // With a duplicate hint the first entry wins (§6.2.1).
      if (hints.has(hint)) return [];
      hints.add(hint);
      return [{ id, token: svid, hint }];
    });
  }

  /** JWKS documents by trust domain name, as they are now (§6.2.2). */
  fetchJwtBundles(options: FetchOptions = {}): Promise<ReadonlyMap<string, string>> {
    const { onError = () => {}, signal } = options;
    return this.#first(this.#transport.stream(workloadApi.fetchJwtBundles, {}, signal), ({ bundles }) =>
      this.#jwtBundles(bundles, onError),
    );
  }

  /** JWKS documents by trust domain name, again after every change (§6.2.2). */
  async *watchJwtBundles(options: WatchOptions = {}): AsyncGenerator<ReadonlyMap<string, string>, void, undefined> {
    const { onError = () => {}, signal } = options;
    for await (const { bundles } of this.#transport.stream(workloadApi.fetchJwtBundles, {}, signal)) {
      const read = orReport(() => this.#jwtBundles(bundles, onError), onError);
      if (read !== undefined) yield read;
    }
  }

  /** Lets the agent validate a JWT-SVID that a peer presented (§6.2.3). */
  async validateJwtSvid(token: string, audience: string, options: CallOptions = {}): Promise<ValidatedJwtSvid> {
    const input = { audience, svid: token };
    const response = await this.#transport.unary(workloadApi.validateJwtSvid, input, options.signal);
    if (response.spiffeId === "" || response.claims === undefined) {
      throw malformed("a mandatory field of the validation is empty");
    }
    const { claims } = response;
    const { maxAudiences } = this.#limits;
    const { aud } = claims;
    if (Array.isArray(aud) && aud.length > maxAudiences) throw malformed(`more than ${maxAudiences} audiences`);
    return { id: this.#agentId(response.spiffeId), claims };
  }

  /** Ends the connection and all open streams. */
  close(): void {
    this.#transport.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #first<M, T>(messages: AsyncIterable<M>, read: (message: M) => T): Promise<T> {
    for await (const message of messages) return read(message);
    throw malformed("it ended the stream without a message");
  }

  #x509Bundles(bundles: Readonly<Record<string, Uint8Array>>, onError: (error: SpiffeError) => void): X509BundleSet {
    if (Object.keys(bundles).length === 0) throw malformed("the mandatory field bundles is empty");
    return new X509BundleSet(readBundles(bundles, onError, this.#limits));
  }

  #jwtBundles(
    bundles: Readonly<Record<string, Uint8Array>>,
    onError: (error: SpiffeError) => void,
  ): ReadonlyMap<string, string> {
    if (Object.keys(bundles).length === 0) throw malformed("the mandatory field bundles is empty");
    checkBundleCount(bundles, this.#limits);
    return new Map(
      Object.entries(bundles).flatMap(([domain, bytes]): [string, string][] => {
        const read = (): [string, string] => [bundleDomain(domain).name, this.#document(domain, bytes)];
        const entry = orReport(read, onError);
        return entry === undefined ? [] : [entry];
      }),
    );
  }

  #document(domain: string, bytes: Uint8Array): string {
    try {
      this.#limits.checkBundleSize(bytes.length);
      return utf8(bytes);
    } catch (cause) {
      throw bundleRejected(domain, cause);
    }
  }

  #agentId(text: string): SpiffeId {
    try {
      this.#limits.checkId(text);
      return SpiffeId.parse(text);
    } catch (cause) {
      throw malformed((cause as Error).message);
    }
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
