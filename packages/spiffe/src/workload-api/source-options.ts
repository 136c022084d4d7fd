import type { Clock } from "../clock.ts";
import type { SpiffeError } from "../errors.ts";
import type { Backoff } from "./backoff.ts";

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
  /** Told about every failed attempt and everything the agent pushed that was left out. Must not throw. */
  readonly onError?: ((error: SpiffeError) => void) | undefined;
}
