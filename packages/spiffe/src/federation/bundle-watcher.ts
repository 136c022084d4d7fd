import type { SpiffeBundle } from "../bundle/spiffe-bundle.ts";
import { type Clock, sleep, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import { callSafely, Listeners } from "../internal/listeners.ts";
import { emit } from "../internal/telemetry.ts";
import type { MetricsRecorder } from "../metrics/recorder.ts";
import type { HealthSource, SourceHealth, SourceState } from "../workload-api/source-health.ts";
import { BundleStore } from "./bundle-store.ts";
import { type BundleEndpoint, endpointDomain } from "./endpoint.ts";
import { endpointAgent, endpointUrl, type FetchBundleOptions, fetchBundle } from "./fetch-bundle.ts";
import { printable } from "./https-get.ts";

/** Options of {@link BundleWatcher.start}. */
export interface BundleWatcherOptions extends Omit<FetchBundleOptions, "signal" | "onIgnored"> {
  /** Where bundles go; several watchers may share one. Default: a new one. */
  readonly store?: BundleStore | undefined;
  /** Shortest time between two fetches, in milliseconds, whatever the refresh hint says. Default 10,000. */
  readonly minIntervalMs?: number | undefined;
  /** Longest time between two fetches, in milliseconds, whatever the refresh hint says. Default one day. */
  readonly maxIntervalMs?: number | undefined;
  /** Told about every fetch that failed, every bundle that was outdated and every key that was left out. Must not throw. */
  readonly onError?: ((error: SpiffeError) => void) | undefined;
  /** Told about new bundles and errors. */
  readonly metrics?: MetricsRecorder | undefined;
}

/** Without a refresh hint (SPIFFE_Federation). */
const INTERVAL_MS = 5 * 60_000;

/**
 * Keeps the bundle of a federated trust domain up to date from its bundle endpoint: fetches at once, then as often as the
 * bundle's refresh hint says, five minutes without one. After a failure the stored bundle stays in use and the next fetch comes
 * with the next interval (SPIFFE_Federation).
 *
 * @example
 * ```ts
 * import { BundleStore, BundleWatcher } from "@idstack/spiffe/federation";
 * export function federate(store: BundleStore): BundleWatcher {
 *   return BundleWatcher.start(
 *     { trustDomain: "partner.example", url: "https://spiffe.partner.example/bundle", profile: { type: "https_web" } },
 *     { store, onError: (error) => console.error(error.message) },
 *   );
 * }
 * ```
 */
export class BundleWatcher implements HealthSource, AsyncDisposable {
  readonly trustDomain: TrustDomain;
  readonly store: BundleStore;
  readonly #endpoint: BundleEndpoint;
  readonly #options: BundleWatcherOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #listeners = new Listeners<SpiffeBundle>();
  readonly #address: string;
  readonly #running: Promise<void>;
  #lastError: { readonly error: SpiffeError; readonly at: number } | undefined;
  #fetchedAt: number | undefined;
  #attempts = 0;

  private constructor(endpoint: BundleEndpoint, options: BundleWatcherOptions) {
    this.trustDomain = endpointDomain(endpoint);
    this.#address = printable(endpointUrl(endpoint.url));
    this.#endpoint = endpoint;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.store = options.store ?? new BundleStore();
    // A mistake in the profile would show with every fetch otherwise.
    endpointAgent(endpoint, this.#clock).destroy();
    this.#running = this.#run();
  }

  /** Starts fetching. @throws TypeError for an endpoint that cannot be: URL, profile, ID; {@link SpiffeError} `invalid-trust-domain`. */
  static start(endpoint: BundleEndpoint, options: BundleWatcherOptions = {}): BundleWatcher {
    return new BundleWatcher(endpoint, options);
  }

  /** Resolves as soon as the store has a bundle of this trust domain; rejects with the signal's reason, or when closed. */
  async ready(signal?: AbortSignal): Promise<SpiffeBundle> {
    signal?.throwIfAborted();
    const following = this.updates(signal);
    const stored = this.store.getSpiffeBundle(this.trustDomain);
    const first = stored ?? (await following.next()).value;
    await following.return?.();
    if (first !== undefined) return first;
    signal?.throwIfAborted();
    throw new SpiffeError("source-closed", "the BundleWatcher is closed");
  }

  /** Every new bundle from now on; ends when the watcher is closed or the signal aborts. */
  updates(signal?: AbortSignal): AsyncIterableIterator<SpiffeBundle> {
    return this.#listeners.iterate(signal);
  }

  /** How the fetching is doing; never throws. Bundles do not expire: after failures the stored one stays in use. */
  health(): SourceHealth {
    const state = this.#state();
    const at = this.#fetchedAt;
    const last = this.#lastError;
    return {
      state,
      healthy: state === "ready" || state === "disconnected",
      ...(at !== undefined && { ageMs: Math.max(0, this.#clock.now() - at), updatedAt: at }),
      ...(last && { lastError: { code: last.error.code, message: last.error.message, at: last.at } }),
      attempts: this.#attempts,
    };
  }

  #state(): SourceState {
    if (this.#closing.signal.aborted) return "closed";
    if (this.store.getSpiffeBundle(this.trustDomain) === undefined) return "starting";
    return this.#attempts === 0 && this.#fetchedAt !== undefined ? "ready" : "disconnected";
  }

  /** Ends the fetching; stored bundles stay. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.#listeners.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#fetch(signal);
      if (!signal.aborted) await sleep(this.#clock, this.#interval(), signal);
    }
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    try {
      const onIgnored = (error: SpiffeError): void => this.#report(error);
      const bundle = await fetchBundle(this.#endpoint, { ...this.#options, signal, onIgnored });
      const result = this.store.put(bundle);
      this.#fetchedAt = this.#clock.now();
      this.#attempts = 0;
      if (result === "stored") {
        emit("update", this.#options.metrics, () => ({ source: "federation", address: this.#address }));
        this.#listeners.emit(bundle);
      }
      if (result === "outdated") {
        const message = `${this.trustDomain.idString} offers bundle ${bundle.sequenceNumber}, a newer one is stored`;
        this.#report(new SpiffeError("bundle-outdated", message));
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#attempts += 1;
      this.#report(error as SpiffeError);
    }
  }

  #interval(): number {
    const { minIntervalMs = 10_000, maxIntervalMs = 24 * 60 * 60_000 } = this.#options;
    const hint = this.store.getSpiffeBundle(this.trustDomain)?.refreshHintSeconds;
    // A hint of nothing, as SPIRE sends when none is set, is no hint.
    const wanted = hint === undefined || hint === 0 ? INTERVAL_MS : hint * 1000;
    return Math.min(maxIntervalMs, Math.max(minIntervalMs, wanted));
  }

  #report(error: SpiffeError): void {
    this.#lastError = { error, at: this.#clock.now() };
    const { metrics } = this.#options;
    emit("error", metrics, () => ({ source: "federation", address: this.#address, code: error.code, error }));
    if (this.#options.onError !== undefined) callSafely(this.#options.onError, error);
  }
}
