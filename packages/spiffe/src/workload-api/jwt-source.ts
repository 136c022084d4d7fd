import type { JwtBundle, JwtBundleSet, JwtBundleSource } from "../bundle/jwt-bundle.ts";
import { systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import { type FreshJwtSvid, TokenCache } from "../internal/jwt/token-cache.ts";
import { Watch } from "../internal/watch.ts";
import type { FetchJwtSvidOptions, IssuedJwtSvid, JwtSvidSource } from "../svid/jwt-svid-source.ts";
import { parseJwtSvidInsecure } from "../svid/parse-jwt-svid.ts";
import { wantedAudiences } from "../svid/validate-jwt-svid.ts";
import { exponentialBackoff } from "./backoff.ts";
import { type JwtSvid, WorkloadApiClient } from "./client.ts";
import { JwtBundleReader } from "./jwt-bundles.ts";
import { sameJwtBundles } from "./same-context.ts";
import type { HealthSource, SourceHealth } from "./source-health.ts";
import type { SourceOptions } from "./source-options.ts";

/** Options of {@link JwtSource.open}. */
export interface JwtSourceOptions extends SourceOptions {
  /** How long the agent may take to answer a request for a token, in milliseconds. Default 30,000. */
  readonly fetchTimeoutMs?: number | undefined;
}

/**
 * The workload's JWT side, kept up to date from the Workload API: the JWT bundles that tokens of others are validated with,
 * and own JWT-SVIDs from a cache (SPIFFE_Workload_API §6).
 *
 * A token is kept per set of audiences and subject. From half of its life on it is renewed behind the scenes, shortly before
 * its end callers wait for the new one; an expired token is never handed out. When the agent denies what it granted before,
 * bundles and tokens are withdrawn at once.
 *
 * @example
 * ```ts
 * import { JwtSource } from "@idstack/spiffe";
 * import { startDevWorkloadApi } from "@idstack/spiffe/dev";
 * const dev = await startDevWorkloadApi({ trustDomain: "homelab.internal", identities: { web: "/web" } });
 * const source = await JwtSource.open({ address: dev.addresses.web });
 * const { id } = await source.fetchJwtSvid("api");
 * console.log(`${id}`); // "spiffe://homelab.internal/web"
 * await source.close();
 * await dev.close();
 * ```
 */
export class JwtSource implements JwtBundleSource, JwtSvidSource, HealthSource, AsyncDisposable {
  readonly #client: WorkloadApiClient;
  readonly #watch: Watch<ReadonlyMap<string, string>, JwtBundleSet>;
  readonly #tokens: TokenCache;
  readonly #now: () => number;
  readonly #maxAudiences: number | undefined;
  #closed = false;

  private constructor(client: WorkloadApiClient, options: JwtSourceOptions) {
    const { clock = systemClock, fetchTimeoutMs = 30_000, backoff = exponentialBackoff() } = options;
    this.#client = client;
    this.#now = () => clock.now();
    this.#maxAudiences = options.limits?.maxAudiences;
    const report = (error: SpiffeError): void => this.#watch.report(error);
    const reader = new JwtBundleReader(report, options.limits);
    this.#tokens = new TokenCache({ clock, timeoutMs: fetchTimeoutMs, backoff, onError: report });
    this.#watch = new Watch<ReadonlyMap<string, string>, JwtBundleSet>(
      {
        source: "jwt",
        noun: "JWT bundle",
        address: client.endpoint.address,
        initial: new SpiffeError("no-bundles", "the agent has not delivered JWT bundles yet"),
        closed: closedError(),
        open: (watch) => client.watchJwtBundles(watch),
        accept: (documents) => reader.read(documents),
        same: sameJwtBundles,
        withdrawn: (cause) => {
          this.#tokens.clear();
          return new SpiffeError("no-bundles", `the agent withdrew the JWT bundles: ${cause.message}`, { cause });
        },
      },
      options,
    );
  }

  /**
   * Connects and waits for the first JWT bundles.
   *
   * @throws {@link SpiffeError} `no-endpoint-address`, `invalid-endpoint-address`, `invalid-argument`, `unimplemented`
   * at once; `start-timeout` with the last failure in the message and as `cause`. The signal's reason if it aborts.
   */
  static async open(options: JwtSourceOptions = {}): Promise<JwtSource> {
    options.signal?.throwIfAborted();
    const source = new JwtSource(new WorkloadApiClient(options), options);
    try {
      await source.#watch.start();
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /**
   * A token for these audiences, from the cache or from the agent.
   *
   * @throws {@link SpiffeError} the `WorkloadApiErrorCode`s, `fetch-timeout`, `no-svid` if no identity has the hint,
   * `svid-rejected` if the agent's token is not what was asked for, `source-closed`. The signal's reason if it aborts.
   */
  async fetchJwtSvid(audience: string | readonly string[], options: FetchJwtSvidOptions = {}): Promise<IssuedJwtSvid> {
    if (this.#closed) throw closedError();
    const audiences = [...new Set(wantedAudiences(audience))].sort();
    const { subject, hint, signal } = options;
    const id = typeof subject === "string" ? SpiffeId.parse(subject) : subject;
    const key = JSON.stringify([audiences, id?.toString(), hint]);
    const [first = "", ...rest] = audiences;
    return this.#tokens.get(
      key,
      async (stop) => {
        const svids = await this.#client.fetchJwtSvids([first, ...rest], {
          signal: stop,
          ...(id !== undefined && { subject: id }),
        });
        return readIssued(pick(svids, hint), audiences, id, this.#now(), this.#maxAudiences);
      },
      signal,
    );
  }

  /** The JWT keys of one trust domain, for `validateJwtSvid`. @throws {@link SpiffeError} `no-bundles`, `source-closed`. */
  getJwtBundle(trustDomain: TrustDomain): JwtBundle | undefined {
    return this.#watch.state.get(trustDomain);
  }

  /** All JWT bundles of one message of the agent. @throws {@link SpiffeError} `no-bundles`, `source-closed`. */
  get bundles(): JwtBundleSet {
    return this.#watch.state;
  }

  /** Calls back after every update of the bundles until the returned function is called. */
  onUpdate(listener: (bundles: JwtBundleSet) => void): () => void {
    return this.#watch.onUpdate(listener);
  }

  /**
   * The next update of the bundles, or with a predicate the first ones that fit, the present ones included.
   *
   * @throws {@link SpiffeError} `source-closed`; the signal's reason if it aborts.
   */
  waitForUpdate(predicate?: (bundles: JwtBundleSet) => boolean, signal?: AbortSignal): Promise<JwtBundleSet> {
    return this.#watch.waitFor(predicate, signal);
  }

  /** How the bundles are doing; never throws. */
  health(): SourceHealth {
    return this.#watch.health();
  }

  /** Every update of the bundles from now on; ends when the source is closed or the signal aborts. */
  updates(signal?: AbortSignal): AsyncIterableIterator<JwtBundleSet> {
    return this.#watch.updates(signal);
  }

  /** Ends stream and requests and forgets every token. Safe to call twice. */
  close(): Promise<void> {
    this.#closed = true;
    this.#tokens.close();
    return this.#watch.close(() => this.#client.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function closedError(): SpiffeError {
  return new SpiffeError("source-closed", "the JwtSource is closed");
}

function pick(svids: readonly JwtSvid[], hint: string | undefined): JwtSvid {
  const found = hint === undefined ? svids[0] : svids.find((svid) => svid.hint === hint);
  if (found !== undefined) return found;
  throw new SpiffeError("no-svid", `the agent offers no JWT-SVID with hint ${JSON.stringify(hint)}`);
}

/** The agent is trusted, its answer is checked all the same: a token for somebody else would leave the process as ours. */
function readIssued(
  { id, token, hint }: JwtSvid,
  audiences: readonly string[],
  subject: SpiffeId | undefined,
  now: number,
  maxAudiences: number | undefined,
): FreshJwtSvid {
  try {
    const { id: sub, audience, expiresAt, issuedAt = now } = parseJwtSvidInsecure(token, { maxAudiences });
    if (!sub.equals(id)) throw new Error(`its sub is ${sub}, the agent says ${id}`);
    if (subject !== undefined && !sub.equals(subject)) throw new Error(`it is for ${sub}, not for ${subject}`);
    if (!audiences.every((each) => audience.includes(each))) throw new Error("a requested audience is missing");
    if (expiresAt <= now) throw new Error(`it expired at ${new Date(expiresAt).toISOString()}`);
    const svid = { id, token, audience, expiresAt };
    return { svid: hint === undefined ? svid : { ...svid, hint }, issuedAt };
  } catch (cause) {
    const message = `the agent's JWT-SVID of ${id} is not usable: ${(cause as Error).message}`;
    throw new SpiffeError("svid-rejected", message, { spiffeId: id.toString(), cause });
  }
}
