import type { X509Bundle, X509BundleSource } from "../bundle/x509-bundle.ts";
import { SpiffeError } from "../errors.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import { Watch } from "../internal/watch.ts";
import type { X509Context, X509ContextSource, X509Svid } from "../svid/x509-svid.ts";
import { WorkloadApiClient } from "./client.ts";
import { expiryOf, sameContext } from "./same-context.ts";
import type { HealthSource, SourceHealth } from "./source-health.ts";
import type { SourceOptions } from "./source-options.ts";
import type { X509Update } from "./x509-response.ts";

/** Options of {@link X509Source.open}. */
export interface X509SourceOptions extends SourceOptions {
  /** Chooses among several identities by the operator's hint. Default: the first one. */
  readonly hint?: string | undefined;
  /** Chooses among several identities; `undefined` means that none fits. Wins over `hint`. */
  readonly pick?: ((svids: readonly X509Svid[]) => X509Svid | undefined) | undefined;
}

/**
 * The workload's X.509 identity, kept up to date from the Workload API: one stream stays open, every message replaces
 * the whole state, failures are retried with backoff (SPIFFE_Workload_API §4, §5.2.1).
 *
 * While the agent is away the last state stays in use. When the agent *denies* the identity it is withdrawn at once:
 * {@link X509Source.getX509Context} throws `no-svid` until the agent grants it again.
 *
 * @example
 * ```ts
 * import { X509Source } from "@idstack/spiffe";
 * import { startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
 * const agent = await startWorkloadApi({ svids: [new TestCa("homelab.internal").svid("/web")] });
 * const source = await X509Source.open({ address: agent.address });
 * console.log(`${source.svid.id}`); // "spiffe://homelab.internal/web"
 * await source.close();
 * await agent.close();
 * ```
 */
export class X509Source implements X509ContextSource, X509BundleSource, HealthSource, AsyncDisposable {
  readonly #client: WorkloadApiClient;
  readonly #watch: Watch<X509Update, X509Context>;

  private constructor(client: WorkloadApiClient, options: X509SourceOptions) {
    this.#client = client;
    this.#watch = new Watch<X509Update, X509Context>(
      {
        source: "x509",
        noun: "X.509-SVID",
        address: client.endpoint.address,
        initial: new SpiffeError("no-svid", "the agent has not delivered an SVID yet"),
        closed: new SpiffeError("source-closed", "the X509Source is closed"),
        open: (watch) => client.watchX509(watch),
        accept: (update) => contextOf(update, options),
        withdrawn: (cause) =>
          new SpiffeError("no-svid", `the agent withdrew the identity: ${cause.message}`, { cause }),
        same: sameContext,
        describe: ({ svid }) => ({ spiffeId: `${svid.id}`, hint: svid.hint, expiresAt: expiryOf(svid) }),
      },
      options,
    );
  }

  /**
   * Connects and waits for the first usable SVID. A socket that does not exist yet and a missing registration entry are
   * waited for, since both appear while a machine starts.
   *
   * @throws {@link SpiffeError} `no-endpoint-address`, `invalid-endpoint-address`, `invalid-argument`, `unimplemented`
   * at once; `start-timeout` with the last failure in the message and as `cause`. The signal's reason if it aborts.
   */
  static async open(options: X509SourceOptions = {}): Promise<X509Source> {
    options.signal?.throwIfAborted();
    const source = new X509Source(new WorkloadApiClient(options), options);
    try {
      await source.#watch.start();
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /**
   * SVID and bundles of one message of the agent.
   *
   * @throws {@link SpiffeError} `no-svid` while the identity is withdrawn, `source-closed` after `close()`.
   */
  getX509Context(): X509Context {
    return this.#watch.state;
  }

  /** The bundle of one trust domain, for `verifyX509Svid`. @throws {@link SpiffeError} as {@link X509Source.getX509Context}. */
  getX509Bundle(trustDomain: TrustDomain): X509Bundle | undefined {
    return this.#watch.state.bundles.get(trustDomain);
  }

  /** Shorthand for `getX509Context().svid`. */
  get svid(): X509Svid {
    return this.getX509Context().svid;
  }

  /** Calls back after every update until the returned function is called. */
  onUpdate(listener: (context: X509Context) => void): () => void {
    return this.#watch.onUpdate(listener);
  }

  /**
   * The next update, or with a predicate the first state that fits, the present one included.
   *
   * @throws {@link SpiffeError} `source-closed`; the signal's reason if it aborts.
   */
  waitForUpdate(predicate?: (context: X509Context) => boolean, signal?: AbortSignal): Promise<X509Context> {
    return this.#watch.waitFor(predicate, signal);
  }

  /** How the source is doing; never throws. */
  health(): SourceHealth {
    return this.#watch.health();
  }

  /** Every update from now on; ends when the source is closed or the signal aborts. */
  updates(signal?: AbortSignal): AsyncIterableIterator<X509Context> {
    return this.#watch.updates(signal);
  }

  /** Ends the stream and withdraws the identity. Safe to call twice. */
  close(): Promise<void> {
    return this.#watch.close(() => this.#client.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The state that an update stands for, or why none of its identities is the wanted one. */
function contextOf(update: X509Update, { pick, hint }: X509SourceOptions): X509Context | SpiffeError {
  const { svids, bundles } = update;
  let svid: X509Svid | undefined;
  try {
    svid = pick !== undefined ? pick(svids) : hint === undefined ? svids[0] : svids.find((each) => each.hint === hint);
  } catch (cause) {
    return new SpiffeError("no-svid", `pick failed: ${(cause as Error)?.message ?? cause}`, { cause });
  }
  if (svid !== undefined && !svids.includes(svid)) {
    return new SpiffeError("no-svid", "pick has to return one of the SVIDs that it was given");
  }
  if (svid !== undefined) return Object.freeze({ svid, svids, bundles });
  const wanted = pick === undefined ? ` with hint ${JSON.stringify(hint)}` : " that fits";
  const offered = svids
    .map((each) => (each.hint === undefined ? `${each.id}` : `${each.id} (${each.hint})`))
    .join(", ");
  return new SpiffeError("no-svid", `the agent offers no SVID${wanted}, only ${offered}`);
}
