import type { Clock } from "../clock.ts";
import type { SpiffeError } from "../errors.ts";
import type { MetricsRecorder } from "../metrics/recorder.ts";
import type { Backoff } from "./backoff.ts";
import type { WorkloadApiLimits } from "./limits.ts";

/** What all sources of the Workload API have in common. */
export interface SourceOptions {
  /** `unix:///path` or `tcp://IP:port`. Default: the environment variable `SPIFFE_ENDPOINT_SOCKET`. */
  readonly address?: string | undefined;
  /** Gives up waiting for the first message. Afterwards use `close()`. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the first message, in milliseconds. Default 30,000. */
  readonly startTimeoutMs?: number | undefined;
  /** Delay between attempts. Default `exponentialBackoff()`. */
  readonly backoff?: Backoff | undefined;
  readonly clock?: Clock | undefined;
  /** How much the agent may send. */
  readonly limits?: WorkloadApiLimits | undefined;
  /** Told about updates, reconnects and errors, all of them. */
  readonly metrics?: MetricsRecorder | undefined;
  /**
   * Told about failed attempts and everything the agent pushed that was left out; about the same failure at most once a
   * minute, then with the number of times. Must not throw.
   */
  readonly onError?: ((error: SpiffeError) => void) | undefined;
}
