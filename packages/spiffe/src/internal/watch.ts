import { type Clock, sleep, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import { exponentialBackoff } from "../workload-api/backoff.ts";
import type { WatchOptions } from "../workload-api/client.ts";
import type { SourceOptions } from "../workload-api/source-options.ts";
import { callSafely, Listeners } from "./listeners.ts";

/** What tells one source from another: which stream it follows and what it makes of the messages. */
export interface WatchPlan<Update, State> {
  /** For the message of the start-up timeout: "X.509-SVID". */
  readonly noun: string;
  /** Address of the Workload API. */
  readonly address: string;
  /** Thrown by getters before the first message. */
  readonly initial: SpiffeError;
  /** Thrown by getters after `close()`. */
  readonly closed: SpiffeError;
  /** Opens one stream; the loop opens the next one. */
  open(options: WatchOptions): AsyncIterable<Update>;
  /** The state that a message stands for, or why there is none any more. */
  accept(update: Update): State | SpiffeError;
  /** The agent denies what it delivered before: what getters throw from now on. */
  withdrawn(denied: SpiffeError): SpiffeError;
}

/** A stream that ended sooner than this says nothing about the health of the agent: the next attempt waits. */
const HEALTHY_STREAM_MS = 1000;

/**
 * The loop behind every source: one stream stays open, every message replaces the whole state, failures are retried
 * with backoff, a denial withdraws the state (SPIFFE_Workload_API §4, App. A).
 */
export class Watch<Update, State extends object> {
  readonly #plan: WatchPlan<Update, State>;
  readonly #options: SourceOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #listeners = new Listeners<State>();
  #state: State | SpiffeError;
  /** The last failure, for the message of the start-up timeout. */
  #lastError: SpiffeError | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(plan: WatchPlan<Update, State>, options: SourceOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#state = plan.initial;
  }

  /** Starts the loop and waits for the first usable state; the loop goes on when the waiting fails. */
  start(): Promise<void> {
    this.#running = this.#run();
    return this.#firstState();
  }

  /** @throws SpiffeError while there is no state. */
  get state(): State {
    if (this.#state instanceof SpiffeError) throw fresh(this.#state);
    return this.#state;
  }

  /** The state, or undefined while there is none. */
  get present(): State | undefined {
    return this.#state instanceof SpiffeError ? undefined : this.#state;
  }

  onUpdate(listener: (state: State) => void): () => void {
    return this.#listeners.add(listener);
  }

  updates(signal?: AbortSignal): AsyncIterableIterator<State> {
    return this.#listeners.iterate(signal);
  }

  /** Ends the loop; resolves when nothing of it runs any more. `disconnect` ends the calls that are open. */
  async close(disconnect: () => void): Promise<void> {
    this.#closing.abort();
    this.#state = this.#plan.closed;
    disconnect();
    this.#listeners.end();
    await this.#running;
  }

  /** Tells `onError`, and remembers it as the last failure. */
  report(error: SpiffeError): void {
    this.#lastError = error;
    if (this.#options.onError !== undefined) callSafely(this.#options.onError, error);
  }

  #firstState(): Promise<void> {
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
    const { address, noun } = this.#plan;
    const reason = this.#lastError?.message ?? `${address}: the agent accepted the call but sent nothing`;
    return new SpiffeError("start-timeout", `no ${noun} within ${ms} ms: ${reason}`, {
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
    const onError = (error: SpiffeError): void => this.report(error);
    try {
      for await (const update of this.#plan.open({ signal, onError, now: () => this.#clock.now() })) {
        if (signal.aborted) return undefined;
        this.#apply(update);
      }
      return undefined;
    } catch (error) {
      if (error instanceof SpiffeError) return error;
      return new SpiffeError("rpc-failed", `the stream failed: ${(error as Error).message}`, { cause: error });
    }
  }

  #apply(update: Update): void {
    const state = this.#plan.accept(update);
    this.#state = state;
    if (state instanceof SpiffeError) this.report(state);
    else this.#listeners.emit(state);
  }

  #failed(error: SpiffeError): void {
    // After a delivery this means: everything is redacted, cease using it (§5.2.1).
    if (error.code === "permission-denied") this.#state = this.#plan.withdrawn(error);
    this.report(error);
  }
}

/** A new error for each caller: a stored one would show the stack of the moment the state was lost. */
function fresh(error: SpiffeError): SpiffeError {
  return new SpiffeError(error.code, error.message, { cause: error.cause });
}
