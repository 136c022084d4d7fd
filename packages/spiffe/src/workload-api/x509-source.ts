import { type Clock, sleep, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import { callSafely, Listeners } from "../internal/listeners.ts";
import type { X509Context, X509ContextSource, X509Svid } from "../svid/x509-svid.ts";
import { type Backoff, exponentialBackoff } from "./backoff.ts";
import { WorkloadApiClient } from "./client.ts";
import type { X509Update } from "./x509-response.ts";

/** Options of {@link X509Source.open}. */
export interface X509SourceOptions {
  /** `unix:///path` or `tcp://IP:port`. Default: the environment variable `SPIFFE_ENDPOINT_SOCKET`. */
  readonly address?: string | undefined;
  /** Gives up waiting for the first SVID. Afterwards use `close()`. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the first SVID, in milliseconds. Default 30,000. */
  readonly startTimeoutMs?: number | undefined;
  /** Chooses among several identities by the operator's hint. Default: the first one. */
  readonly hint?: string | undefined;
  /** Chooses among several identities; `undefined` means that none fits. Wins over `hint`. */
  readonly pick?: ((svids: readonly X509Svid[]) => X509Svid | undefined) | undefined;
  /** Delay between attempts. Default {@link exponentialBackoff}. */
  readonly backoff?: Backoff | undefined;
  readonly clock?: Clock | undefined;
  /** Told about every failed attempt and everything the agent pushed that was left out. Must not throw. */
  readonly onError?: ((error: SpiffeError) => void) | undefined;
}

/** A stream that ended sooner than this says nothing about the health of the agent: the next attempt waits. */
const HEALTHY_STREAM_MS = 1000;

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
export class X509Source implements X509ContextSource, AsyncDisposable {
  readonly #client: WorkloadApiClient;
  readonly #options: X509SourceOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #listeners = new Listeners<X509Context>();
  #state: X509Context | SpiffeError;
  /** The last failure, for the message of the start-up timeout. */
  #lastError: SpiffeError | undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(client: WorkloadApiClient, options: X509SourceOptions) {
    this.#client = client;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#state = new SpiffeError("no-svid", "the agent has not delivered an SVID yet");
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
    const source = new X509Source(new WorkloadApiClient({ address: options.address }), options);
    source.#running = source.#run();
    try {
      await source.#firstUpdate();
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
    if (this.#state instanceof SpiffeError) throw fresh(this.#state);
    return this.#state;
  }

  /** Shorthand for `getX509Context().svid`. */
  get svid(): X509Svid {
    return this.getX509Context().svid;
  }

  /** Calls back after every update until the returned function is called. */
  onUpdate(listener: (context: X509Context) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Every update from now on; ends when the source is closed or the signal aborts. */
  updates(signal?: AbortSignal): AsyncIterableIterator<X509Context> {
    return this.#listeners.iterate(signal);
  }

  /** Ends the stream and withdraws the identity. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#state = new SpiffeError("source-closed", "the X509Source is closed");
    this.#client.close();
    this.#listeners.end();
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #firstUpdate(): Promise<void> {
    const { signal, startTimeoutMs = 30_000 } = this.#options;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        cancel();
        unsubscribe();
        signal?.removeEventListener("abort", onAbort);
        act();
      };
      const onAbort = (): void => settle(() => reject(signal?.reason));
      const cancel = this.#clock.schedule(
        () => settle(() => reject(this.#startTimeout(startTimeoutMs))),
        startTimeoutMs,
      );
      const unsubscribe = this.#listeners.add(() => settle(resolve));
      signal?.addEventListener("abort", onAbort);
      // The loop ends by itself only for an error that no retry can mend.
      void this.#running.then(() => settle(() => reject(this.#lastError)));
    });
  }

  #startTimeout(ms: number): SpiffeError {
    const { address } = this.#client.endpoint;
    const reason = this.#lastError?.message ?? `${address}: the agent accepted the call but sent nothing`;
    return new SpiffeError("start-timeout", `no X.509-SVID within ${ms} ms: ${reason}`, {
      address,
      cause: this.#lastError,
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = this.#options.backoff ?? exponentialBackoff();
    let attempt = 0;
    while (!signal.aborted) {
      const opened = this.#clock.now();
      const error = await this.#follow(signal);
      if (signal.aborted) return;
      if (this.#clock.now() - opened >= HEALTHY_STREAM_MS) attempt = 0;
      if (error !== undefined) this.#failed(error);
      if (error?.code === "invalid-argument" || error?.code === "unimplemented") return;
      attempt += 1;
      // A stream that lived and then ended cleanly is re-opened at once (§4.2).
      if (error === undefined && attempt === 1) continue;
      await sleep(this.#clock, backoff(attempt, error), signal);
    }
  }

  /** Follows one stream to its end; the error it ended with, or undefined if the server ended it cleanly. */
  async #follow(signal: AbortSignal): Promise<SpiffeError | undefined> {
    const onError = (error: SpiffeError): void => this.#report(error);
    try {
      for await (const update of this.#client.watchX509({ signal, onError, now: () => this.#clock.now() })) {
        if (signal.aborted) return undefined;
        this.#apply(update);
      }
      return undefined;
    } catch (error) {
      if (error instanceof SpiffeError) return error;
      return new SpiffeError("rpc-failed", `the stream failed: ${(error as Error).message}`, { cause: error });
    }
  }

  #apply(update: X509Update): void {
    const svid = this.#pick(update.svids);
    if (svid === undefined) {
      const wanted =
        this.#options.pick === undefined ? ` with hint ${JSON.stringify(this.#options.hint)}` : " that fits";
      const offered = update.svids.map(({ id, hint }) => (hint === undefined ? `${id}` : `${id} (${hint})`)).join(", ");
      this.#withdraw(new SpiffeError("no-svid", `the agent offers no SVID${wanted}, only ${offered}`));
      return;
    }
    const context: X509Context = Object.freeze({ svid, svids: update.svids, bundles: update.bundles });
    this.#state = context;
    this.#listeners.emit(context);
  }

  #pick(svids: X509Update["svids"]): X509Svid | undefined {
    const { pick, hint } = this.#options;
    if (pick !== undefined) return pick(svids);
    return hint === undefined ? svids[0] : svids.find((svid) => svid.hint === hint);
  }

  #failed(error: SpiffeError): void {
    // After a delivery this means: everything is redacted, cease using it (§5.2.1).
    if (error.code === "permission-denied") {
      this.#withdraw(
        new SpiffeError("no-svid", `the agent withdrew the identity: ${error.message}`, { cause: error }),
        error,
      );
    } else this.#report(error);
  }

  #withdraw(state: SpiffeError, reported: SpiffeError = state): void {
    this.#state = state;
    this.#report(reported);
  }

  #report(error: SpiffeError): void {
    this.#lastError = error;
    if (this.#options.onError !== undefined) callSafely(this.#options.onError, error);
  }
}

/** A new error for each caller: a stored one would show the stack of the moment the identity was lost. */
function fresh(error: SpiffeError): SpiffeError {
  return new SpiffeError(error.code, error.message, { cause: error.cause });
}
