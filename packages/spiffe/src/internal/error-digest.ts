import { SpiffeError } from "../errors.ts";

/** How long the same error stays silent after it was reported. */
const SILENCE_MS = 60_000;
/** Different errors that are told apart; a hostile agent could make up new ones for ever. */
const MAX_KEPT = 64;

interface Seen {
  reportedAt: number;
  silent: number;
}

/** Lets an error through once, and its repetitions as a summary from time to time. */
export class ErrorDigest {
  readonly #seen = new Map<string, Seen>();

  /** The error to report now, or undefined for one that was reported a moment ago. */
  admit(error: SpiffeError, now: number): SpiffeError | undefined {
    const key = `${error.code} ${error.message}`;
    const seen = this.#seen.get(key);
    if (seen === undefined) {
      const [oldest] = this.#seen.keys();
      if (this.#seen.size >= MAX_KEPT && oldest !== undefined) this.#seen.delete(oldest);
      this.#seen.set(key, { reportedAt: now, silent: 0 });
      return error;
    }
    seen.silent += 1;
    // A clock that was set back must not silence for longer.
    if (now - seen.reportedAt < SILENCE_MS && now >= seen.reportedAt) return undefined;
    const seconds = Math.round(Math.abs(now - seen.reportedAt) / 1000);
    const summary = new SpiffeError(error.code, `${error.message} (${seen.silent} times in the last ${seconds} s)`, {
      ...error,
      cause: error.cause ?? error,
    });
    seen.reportedAt = now;
    seen.silent = 0;
    return summary;
  }

  /** Things went well again: the next failure is news. */
  clear(): void {
    this.#seen.clear();
  }
}
