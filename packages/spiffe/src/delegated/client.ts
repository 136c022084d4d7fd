import { X509BundleSet } from "../bundle/x509-bundle.ts";
import { SpiffeError } from "../errors.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { delegatedIdentity } from "../internal/delegated/methods.ts";
import { utf8 } from "../internal/json.ts";
import { http2Transport } from "../internal/rpc/http2-transport.ts";
import type { RpcTransport } from "../internal/rpc/transport.ts";
import type { Decoded } from "../internal/workload-api/methods.ts";
import type { X509Svid } from "../svid/x509-svid.ts";
import { parseX509Svid } from "../svid/x509-svid-encoding.ts";
import type { CallOptions, FetchOptions, JwtSvid } from "../workload-api/client.ts";
import { type Endpoint, findEndpoint } from "../workload-api/endpoint.ts";
import { Limits, type WorkloadApiLimits } from "../workload-api/limits.ts";
import {
  bundleDomain,
  bundleRejected,
  checkBundleCount,
  malformed,
  readBundles,
} from "../workload-api/x509-response.ts";

/** Environment variable that names the agent's socket for administrators, as other SDKs of SPIRE read it. */
export const ADMIN_SOCKET_VARIABLE = "SPIRE_ADMIN_ENDPOINT_SOCKET";

/** Options of {@link DelegatedIdentityClient}. */
export interface DelegatedIdentityClientOptions {
  /** `unix:///path` of the agent's `admin_socket_path`. Default: the environment variable `SPIRE_ADMIN_ENDPOINT_SOCKET`. */
  readonly address?: string | undefined;
  readonly limits?: WorkloadApiLimits | undefined;
}

/** The workload whose identity is asked for: by its selectors, or by its process, which the agent then attests. */
export type DelegatedWorkload =
  | { readonly selectors: readonly string[]; readonly pid?: never }
  | { readonly pid: number; readonly selectors?: never };

/** What one message says about a workload: the full state. */
export interface DelegatedX509Update {
  /** Empty if no registration entry matches. */
  readonly svids: readonly X509Svid[];
  /** Trust domains whose bundles the workload may have. */
  readonly federatesWith: readonly TrustDomain[];
}

/** A JWT-SVID of another workload. */
export interface DelegatedJwtSvid extends JwtSvid {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

type X509Message = Decoded<typeof delegatedIdentity.subscribeToX509Svids.response>;
type Report = (error: SpiffeError) => void;

/**
 * SPIRE's Delegated Identity API: a process that the agent lists in `authorized_delegates` obtains identities on behalf of
 * others, for example a proxy that serves many workloads. The socket is the agent's `admin_socket_path`.
 *
 * No retry, no state, as `WorkloadApiClient`. The bundles to verify peers with come by {@link DelegatedIdentityClient.watchX509Bundles}.
 *
 * @throws {@link SpiffeError} `no-endpoint-address` or `invalid-endpoint-address` from the constructor; the methods throw
 * the `WorkloadApiErrorCode`s (`permission-denied`: the caller is no authorized delegate), or the reason of an aborted signal.
 *
 * @example
 * ```ts
 * import { DelegatedIdentityClient } from "@idstack/spiffe/delegated";
 * const client = new DelegatedIdentityClient({ address: "unix:///run/spire/admin/api.sock" });
 * const watching = client.watchX509({ selectors: ["unix:uid:1000"] }); // for await (const { svids } of watching) …
 * await watching.return();
 * client.close();
 * ```
 */
export class DelegatedIdentityClient {
  readonly endpoint: Endpoint;
  readonly #transport: RpcTransport;
  readonly #limits: Limits;

  constructor(options: DelegatedIdentityClientOptions = {}) {
    const { address = process.env[ADMIN_SOCKET_VARIABLE] } = options;
    if (address === undefined || address === "") {
      const message = `no address of the agent's administrators' socket: pass one or set ${ADMIN_SOCKET_VARIABLE}`;
      throw new SpiffeError("no-endpoint-address", message);
    }
    this.endpoint = findEndpoint(address);
    this.#limits = new Limits(options.limits);
    this.#transport = http2Transport(this.endpoint, { headers: {}, maxMessageBytes: this.#limits.maxMessageBytes });
  }

  /** The X.509-SVIDs of a workload as they are now. */
  fetchX509(workload: DelegatedWorkload, options: FetchOptions = {}): Promise<DelegatedX509Update> {
    return first(this.watchX509(workload, options));
  }

  /** The X.509-SVIDs of a workload, again after every change. What breaks the rules is reported and left out. */
  async *watchX509(
    workload: DelegatedWorkload,
    options: FetchOptions = {},
  ): AsyncGenerator<DelegatedX509Update, void, undefined> {
    const { onError = () => {}, signal } = options;
    const messages = this.#transport.stream(delegatedIdentity.subscribeToX509Svids, requestOf(workload), signal);
    for await (const message of messages) yield this.#x509(message, onError);
  }

  /** All bundles the agent has, as they are now. */
  fetchX509Bundles(options: FetchOptions = {}): Promise<X509BundleSet> {
    return first(this.watchX509Bundles(options));
  }

  /** All bundles the agent has, again after every change: a workload may have those it federates with. */
  async *watchX509Bundles(options: FetchOptions = {}): AsyncGenerator<X509BundleSet, void, undefined> {
    const { onError = () => {}, signal } = options;
    const messages = this.#transport.stream(delegatedIdentity.subscribeToX509Bundles, {}, signal);
    for await (const { caCertificates } of messages) {
      yield new X509BundleSet(readBundles(caCertificates, onError, this.#limits));
    }
  }

  /** JWT-SVIDs of a workload for an audience. */
  async fetchJwtSvids(
    workload: DelegatedWorkload,
    audience: string | readonly string[],
    options: CallOptions = {},
  ): Promise<DelegatedJwtSvid[]> {
    const audiences = typeof audience === "string" ? [audience] : [...audience];
    const { maxAudiences } = this.#limits;
    if (audiences.length === 0 || audiences.includes("")) throw new TypeError("a JWT-SVID needs at least one audience");
    if (audiences.length > maxAudiences) throw new TypeError(`a JWT-SVID has at most ${maxAudiences} audiences`);
    const input = { ...requestOf(workload), audience: audiences };
    const { svids } = await this.#transport.unary(delegatedIdentity.fetchJwtSvids, input, options.signal);
    if (svids.length > this.#limits.maxSvids) throw malformed(`more than ${this.#limits.maxSvids} JWT-SVIDs`);
    return svids.map(({ token, id, expiresAt, hint }) => {
      if (token === "" || id === undefined) throw malformed("a mandatory field of a JWT-SVID is empty");
      const svid = { id: this.#id(id), token, expiresAt: expiresAt * 1000 };
      return hint === "" ? svid : { ...svid, hint };
    });
  }

  /** JWKS documents by trust domain name, as they are now. */
  fetchJwtBundles(options: FetchOptions = {}): Promise<ReadonlyMap<string, string>> {
    return first(this.watchJwtBundles(options));
  }

  /** JWKS documents by trust domain name, again after every change. */
  async *watchJwtBundles(options: FetchOptions = {}): AsyncGenerator<ReadonlyMap<string, string>, void, undefined> {
    const { onError = () => {}, signal } = options;
    const messages = this.#transport.stream(delegatedIdentity.subscribeToJwtBundles, {}, signal);
    for await (const { bundles } of messages) {
      checkBundleCount(bundles, this.#limits);
      yield new Map(Object.entries(bundles).flatMap(([domain, bytes]) => this.#document(domain, bytes, onError)));
    }
  }

  /** Ends the connection and all open streams. */
  close(): void {
    this.#transport.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #x509({ x509Svids, federatesWith }: X509Message, report: Report): DelegatedX509Update {
    if (x509Svids.length > this.#limits.maxSvids) throw malformed(`more than ${this.#limits.maxSvids} SVIDs`);
    const svids = x509Svids.flatMap((entry): X509Svid[] => {
      try {
        return [this.#svid(entry)];
      } catch (error) {
        const message = `the agent pushed an unusable SVID, it is ignored: ${(error as Error).message}`;
        report(new SpiffeError("svid-rejected", message, { cause: error }));
        return [];
      }
    });
    const domains = federatesWith.flatMap((name) => {
      try {
        return [bundleDomain(name)];
      } catch (error) {
        report(error as SpiffeError);
        return [];
      }
    });
    return { svids, federatesWith: domains };
  }

  #svid({ x509Svid, x509SvidKey }: X509Message["x509Svids"][number]): X509Svid {
    if (x509Svid?.id === undefined) throw malformed("a mandatory field of an X.509-SVID is empty");
    const { certChain, id, hint } = x509Svid;
    const { chainLength } = this.#limits;
    if (certChain.length > chainLength)
      throw new SpiffeError("chain-too-long", `more than ${chainLength} certificates`);
    const svid = parseX509Svid(Buffer.concat(certChain), x509SvidKey);
    const claimed = this.#id(id);
    if (!svid.id.equals(claimed)) {
      throw new SpiffeError("id-mismatch", `the agent says ${claimed}, the certificate says ${svid.id}`);
    }
    return hint === "" ? svid : { ...svid, hint };
  }

  #id({ trustDomain, path }: { readonly trustDomain: string; readonly path: string }): SpiffeId {
    try {
      this.#limits.checkId(trustDomain + path);
      return SpiffeId.of(TrustDomain.parse(trustDomain), path);
    } catch (cause) {
      throw malformed((cause as Error).message);
    }
  }

  #document(domain: string, bytes: Uint8Array, report: Report): [string, string][] {
    try {
      this.#limits.checkBundleSize(bytes.length);
      return [[bundleDomain(domain).name, utf8(bytes)]];
    } catch (cause) {
      report(cause instanceof SpiffeError && cause.code === "bundle-rejected" ? cause : bundleRejected(domain, cause));
      return [];
    }
  }
}

/** @throws TypeError */
function requestOf(workload: DelegatedWorkload) {
  if (workload.pid !== undefined) {
    if (!Number.isInteger(workload.pid) || workload.pid <= 0)
      throw new TypeError("pid has to be a positive whole number");
    return { selectors: [], pid: workload.pid };
  }
  if (workload.selectors.length === 0)
    throw new TypeError("a workload is named by at least one selector, or by its pid");
  const selectors = workload.selectors.map((text) => {
    const at = text.indexOf(":");
    if (at < 1 || at === text.length - 1) throw new TypeError(`selector ${JSON.stringify(text)} has to be type:value`);
    return { type: text.slice(0, at), value: text.slice(at + 1) };
  });
  return { selectors, pid: 0 };
}

async function first<T>(updates: AsyncIterable<T>): Promise<T> {
  for await (const update of updates) return update;
  throw malformed("it ended the stream without a message");
}
