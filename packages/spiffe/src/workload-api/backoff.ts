import type { SpiffeError } from "../errors.ts";

/**
 * Milliseconds to wait before the next attempt.
 *
 * @param attempt 1 for the first retry after a time that went well.
 * @param error What the last attempt failed with; undefined if the server ended the stream cleanly.
 */
export type Backoff = (attempt: number, error: SpiffeError | undefined) => number;

/** Options of {@link exponentialBackoff}; all times in milliseconds. */
export interface BackoffOptions {
  /** First delay. Default 200. */
  readonly initialMs?: number;
  /** Longest delay. Default 10,000. */
  readonly maxMs?: number;
  /** First delay while the agent knows no identity for the workload: registration takes seconds. Default 1,000. */
  readonly noIdentityMs?: number;
  /** Share of the delay that is random, so that a thousand workloads do not come back at once. Default 0.2. */
  readonly jitter?: number;
  /** Random numbers in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * The default strategy: delays double up to a maximum, plus jitter (SPIFFE_Workload_API App. A).
 *
 * @example
 * ```ts
 * import { exponentialBackoff } from "@idstack/spiffe";
 * const backoff = exponentialBackoff({ initialMs: 100, jitter: 0 });
 * console.log(backoff(1, undefined), backoff(3, undefined)); // 100 400
 * ```
 */
export function exponentialBackoff(options: BackoffOptions = {}): Backoff {
  const { initialMs = 200, maxMs = 10_000, noIdentityMs = 1000, jitter = 0.2, random = Math.random } = options;
  return (attempt, error) => {
    const first = error?.code === "permission-denied" ? noIdentityMs : initialMs;
    const delay = Math.min(maxMs, first * 2 ** Math.min(attempt - 1, 30));
    return delay * (1 + jitter * random());
  };
}
