import { SpiffeError } from "../errors.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { http2Transport } from "../internal/rpc/http2-transport.ts";
import { type RpcTransport, SECURITY_HEADER } from "../internal/rpc/transport.ts";
import type { Decoded } from "../internal/workload-api/methods.ts";
import { witApi } from "../internal/workload-api/wit-methods.ts";
import type { FetchOptions, WorkloadApiClientOptions } from "../workload-api/client.ts";
import { type Endpoint, findEndpoint } from "../workload-api/endpoint.ts";
import { Limits } from "../workload-api/limits.ts";
import { bundleDomain, bundleRejected, checkBundleCount, malformed } from "../workload-api/x509-response.ts";
import { parseWitBundle, type WitBundle, WitBundleSet } from "./wit-bundle.ts";
import { ownWit, type WitSvid } from "./wit-svid.ts";

/** Options of {@link WitClient.watchWit}. */
export interface FetchWitOptions extends FetchOptions {
  /** Asks for one of the workload's identities. */
  readonly subject?: SpiffeId | undefined;
}

/**
 * WIT-SVIDs from the Workload API (SPIFFE_Workload_API §7, Incubating; SPIRE 1.16 with `enable_wit_svids`). No retry, no
 * state. An agent without them answers `unimplemented`, after which nothing should be tried again.
 *
 * @example
 * ```ts
 * import { proveWit, verifyWit, WitClient } from "@idstack/spiffe/experimental";
 * import { startWorkloadApi, TestWitAuthority } from "@idstack/spiffe/testing";
 * const authority = new TestWitAuthority("homelab.internal");
 * const agent = await startWorkloadApi({ svids: [], wit: { svids: [authority.svid("/web")], authorities: [authority] } });
 * const client = new WitClient({ address: agent.address });
 * const [svid] = await client.fetchWit();
 * const bundles = await client.fetchWitBundles();
 * const headers = proveWit(svid, { audience: "https://api.internal/" });
 * console.log(`${verifyWit(headers, { bundles, audience: "https://api.internal/" }).id}`); // "spiffe://homelab.internal/web"
 * client.close();
 * await agent.close();
 * ```
 */
export class WitClient {
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

  /** WIT-SVIDs as they are now. */
  async fetchWit(options: FetchWitOptions = {}): Promise<readonly [WitSvid, ...WitSvid[]]> {
    for await (const svids of this.#watch(options, (error) => raise(error))) return svids;
    throw malformed("it ended the stream without a message");
  }

  /** WIT-SVIDs, again after every change; what cannot be used is reported and left out. */
  watchWit(options: FetchWitOptions = {}): AsyncGenerator<readonly [WitSvid, ...WitSvid[]], void, undefined> {
    const { onError = () => {} } = options;
    return this.#watch(options, onError);
  }

  /** WIT bundles as they are now. */
  async fetchWitBundles(options: FetchOptions = {}): Promise<WitBundleSet> {
    for await (const bundles of this.watchWitBundles(options)) return bundles;
    throw malformed("it ended the stream without a message");
  }

  /** WIT bundles, again after every change. */
  async *watchWitBundles(options: FetchOptions = {}): AsyncGenerator<WitBundleSet, void, undefined> {
    const { onError = () => {}, signal } = options;
    for await (const { bundles } of this.#transport.stream(witApi.fetchWitBundles, {}, signal)) {
      checkBundleCount(bundles, this.#limits);
      const read = Object.entries(bundles).flatMap(([name, document]): WitBundle[] => {
        try {
          return [parseWitBundle(bundleDomain(name), document, this.#limits.bundles)];
        } catch (cause) {
          onError(bundleRejected(name, cause));
          return [];
        }
      });
      yield new WitBundleSet(read);
    }
  }

  /** Ends the connection and all open streams. */
  close(): void {
    this.#transport.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *#watch({ subject, now = Date.now, signal, onError }: FetchWitOptions, discard: (error: SpiffeError) => void) {
    const input = { spiffeId: subject?.toString() ?? "" };
    for await (const message of this.#transport.stream(witApi.fetchWitSvid, input, signal)) {
      const [first, ...rest] = this.#read(message, now(), onError ?? (() => {}), discard);
      if (first !== undefined) yield [first, ...rest] as const;
    }
  }

  #read(
    { svids }: Decoded<typeof witApi.fetchWitSvid.response>,
    now: number,
    report: (error: SpiffeError) => void,
    discard: (error: SpiffeError) => void,
  ): WitSvid[] {
    if (svids.length === 0 || svids.length > this.#limits.maxSvids) {
      discard(malformed(svids.length === 0 ? "the mandatory field svids is empty" : "too many SVIDs"));
      return [];
    }
    const hints = new Set<string>();
    const read = svids.flatMap(({ spiffeId, witSvid, witSvidKey, hint }): WitSvid[] => {
      // With a duplicate hint the first entry wins.
      if (hint !== "" && hints.has(hint)) return [];
      try {
        this.#limits.checkId(spiffeId);
        const svid = ownWit(witSvid, witSvidKey, now);
        if (!svid.id.equals(SpiffeId.parse(spiffeId))) throw malformed("spiffe_id differs from sub");
        hints.add(hint);
        return [hint === "" ? svid : { ...svid, hint }];
      } catch (cause) {
        const message = `the agent pushed an unusable WIT-SVID, it is ignored: ${(cause as Error).message}`;
        report(new SpiffeError("svid-rejected", message, { cause }));
        return [];
      }
    });
    if (read.length === 0) discard(malformed("none of its SVIDs is usable"));
    return read;
  }
}

function raise(error: SpiffeError): never {
  throw error;
}
