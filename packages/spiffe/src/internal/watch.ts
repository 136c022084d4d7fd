import { type Clock, sleep, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import type { MetricsSource } from "../metrics/recorder.ts";
import { type Backoff, exponentialBackoff } from "../workload-api/backoff.ts";
import type { WatchOptions } from "../workload-api/client.ts";
import type { SourceHealth, SourceState } from "../workload-api/source-health.ts";
import type { SourceOptions } from "../workload-api/source-options.ts";
import { ErrorDigest } from "./error-digest.ts";
import { callSafely, Listeners } from "./listeners.ts";
import { emit } from "./telemetry.ts";

/** What tells one source from another: which stream it follows and what it makes of the messages. */
export interface WatchPlan<Update, State> {
  /** For metrics. */
  readonly source: MetricsSource;
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
  /** Whether a message says what is known already: an agent repeats its state on every new stream. Default: never. */
  same?(before: State, after: State): boolean;
  /** For health and metrics. */
  describe?(state: State): {
    readonly expiresAt?: number;
    readonly spiffeId?: string;
    readonly hint?: string | undefined;
  };
}

/** A stream that ended sooner than this says nothing about the health of the agent: the next attempt waits. */
const HEALTHY_STREAM_MS = 1000;
/** Whatever the strategy says. */
const MIN_DELAY_MS = 1;
/** For a strategy that throws, or returns no number. */
const FALLBACK_DELAY_MS = 10_000;

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
  readonly #digest = new ErrorDigest();
  /** The last failure, for the message of the start-up timeout. */
  #lastError: { readonly error: SpiffeError; readonly at: number } | undefined;
  #updatedAt: number | undefined;
  #attempts = 0;
  #connected = false;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(plan: WatchPlan<Update, State>, options: SourceOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#state = plan.initial;
  }

  /** Starts the loop and waits for the first usable state; the loop goes on when the waiting fails. */
  start(): Promise<void> {
    this.#running = this.#run().finally(() => {
      this.#stopped = true;
    });
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

  /** The next state, or with a predicate the first one that fits: the present one counts too. */
  waitFor(predicate: ((state: State) => boolean) | undefined, signal: AbortSignal | undefined): Promise<State> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#closing.signal.aborted) return reject(fresh(this.#plan.closed));
      const { present } = this;
      if (present !== undefined && predicate?.(present)) return resolve(present);
      const settle = (act: () => void): void => {
        unsubscribe();
        signal?.removeEventListener("abort", onAbort);
        this.#closing.signal.removeEventListener("abort", onClose);
        act();
      };
      const onAbort = (): void => settle(() => reject(signal?.reason));
      const onClose = (): void => settle(() => reject(fresh(this.#plan.closed)));
      const unsubscribe = this.#listeners.add((state) => {
        try {
          if (predicate === undefined || predicate(state)) settle(() => resolve(state));
        } catch (error) {
          settle(() => reject(error));
        }
      });
      signal?.addEventListener("abort", onAbort);
      this.#closing.signal.addEventListener("abort", onClose);
    });
  }

  health(): SourceHealth {
    const now = this.#clock.now();
    const { present } = this;
    const expiresAt = present && this.#plan.describe?.(present).expiresAt;
    const state = this.#stateAt(now, expiresAt);
    const last = this.#lastError;
    return {
      state,
      healthy: state === "ready" || state === "disconnected",
      ...(this.#updatedAt !== undefined && { ageMs: Math.max(0, now - this.#updatedAt), updatedAt: this.#updatedAt }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(last && { lastError: { code: last.error.code, message: last.error.message, at: last.at } }),
      attempts: this.#attempts,
    };
  }

  #stateAt(now: number, expiresAt: number | undefined): SourceState {
    if (this.#closing.signal.aborted) return "closed";
    if (this.#stopped) return "failed";
    if (this.#state instanceof SpiffeError) return this.#updatedAt === undefined ? "starting" : "withdrawn";
    if (expiresAt !== undefined && now >= expiresAt) return "expired";
    return this.#connected ? "ready" : "disconnected";
  }

  /** Ends the loop; resolves when nothing of it runs any more. `disconnect` ends the calls that are open. */
  async close(disconnect: () => void): Promise<void> {
    this.#closing.abort();
    this.#state = this.#plan.closed;
    disconnect();
    this.#listeners.end();
    await this.#running;
  }

  /** Remembers it as the last failure, counts it, and tells `onError` unless the same was told a moment ago. */
  report(error: SpiffeError): void {
    const { onError, metrics } = this.#options;
    const { address, source } = this.#plan;
    const at = this.#clock.now();
    this.#lastError = { error, at };
    emit("error", metrics, () => ({ source, address, code: error.code, error }));
    const told = this.#digest.admit(error, at);
    if (told !== undefined && onError !== undefined) callSafely(onError, told);
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
      void this.#running.then(() => settle(() => reject(this.#lastError?.error)));
    });
  }

  #startTimeout(ms: number): SpiffeError {
    const { address, noun } = this.#plan;
    const reason = this.#lastError?.error.message ?? `${address}: the agent accepted the call but sent nothing`;
    return new SpiffeError("start-timeout", `no ${noun} within ${ms} ms: ${reason}`, {
      address,
      cause: this.#lastError?.error,
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = this.#options.backoff ?? exponentialBackoff();
    let attempt = 0;
    while (!signal.aborted) {
      const opened = this.#clock.now();
      const error = await this.#follow(signal);
      const wentWell = this.#connected || error === undefined;
      this.#connected = false;
      if (signal.aborted) return;
      // An attempt that took long to fail did not go well; a clock that was set back says nothing about a stream's life.
      if (wentWell && this.#clock.now() - opened >= HEALTHY_STREAM_MS) attempt = 0;
      if (error !== undefined) this.#failed(error);
      if (error?.code === "invalid-argument" || error?.code === "unimplemented") return;
      attempt += 1;
      // A stream that lived and then ended cleanly is re-opened at once (§4.2).
      const atOnce = error === undefined && attempt === 1;
      const delayMs = atOnce ? 0 : this.#delay(backoff, attempt, error);
      const { address, source } = this.#plan;
      emit("reconnect", this.#options.metrics, () => ({ source, address, attempt, delayMs }));
      if (!atOnce) await sleep(this.#clock, delayMs, signal);
    }
  }

  /** Whatever a strategy of the caller returns: the loop neither ends nor becomes a tight one. */
  #delay(backoff: Backoff, attempt: number, error: SpiffeError | undefined): number {
    try {
      const ms = backoff(attempt, error);
      return Number.isFinite(ms) ? Math.max(ms, MIN_DELAY_MS) : FALLBACK_DELAY_MS;
    } catch (thrown) {
      callSafely(() => {
        throw thrown;
      }, undefined);
      return FALLBACK_DELAY_MS;
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
    const before = this.#state;
    const state = this.#plan.accept(update);
    this.#state = state;
    this.#connected = true;
    // What was silenced while the agent was away is news when it happens again.
    if (this.#attempts > 0) this.#digest.clear();
    this.#attempts = 0;
    this.#updatedAt = this.#clock.now();
    if (state instanceof SpiffeError) {
      this.report(state);
      return;
    }
    if (!(before instanceof SpiffeError) && this.#plan.same?.(before, state)) {
      this.#state = before;
      return;
    }
    const { address, source } = this.#plan;
    const describe = (): object => this.#plan.describe?.(state) ?? {};
    emit("update", this.#options.metrics, () => ({ source, address, ...describe() }));
    this.#listeners.emit(state);
  }

  #failed(error: SpiffeError): void {
    this.#attempts += 1;
    // After a delivery this means: everything is redacted, cease using it (§5.2.1).
    if (error.code === "permission-denied") this.#state = this.#plan.withdrawn(error);
    this.report(error);
  }
}

/** A new error for each caller: a stored one would show the stack of the moment the state was lost. */
function fresh(error: SpiffeError): SpiffeError {
  return new SpiffeError(error.code, error.message, { cause: error.cause });
}
