import type { Clock } from "../clock.ts";
import type { SpiffeError } from "../errors.ts";
import type { MetricsRecorder } from "../metrics/recorder.ts";

/** What all sources from files have in common. */
export interface FileSourceOptions {
  /** Gives up waiting for the first usable state. Afterwards use `close()`. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for files that are not there yet, in milliseconds. Default 30,000. */
  readonly startTimeoutMs?: number | undefined;
  /** Looks for changes at least this often, where the file system does not tell of them. Milliseconds, default 10,000. */
  readonly pollMs?: number | undefined;
  /** Files have to stay the same for this long before they are used. Milliseconds, default 50. */
  readonly settleMs?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Told about updates and errors. */
  readonly metrics?: MetricsRecorder | undefined;
  /** Told, once for each reason, why files were not used. Must not throw. */
  readonly onError?: ((error: SpiffeError) => void) | undefined;
}
