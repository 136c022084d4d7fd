import type { SpiffeErrorCode } from "../errors.ts";

/** What a source can do at this moment. */
export type SourceState =
  /** No usable message has arrived yet. */
  | "starting"
  /** Up to date: the stream is open. */
  | "ready"
  /** The agent is away; the last state stays in use. */
  | "disconnected"
  /** What it has is past its expiry: the agent was away for too long. */
  | "expired"
  /** The agent denies what it delivered before, or offers nothing that fits. */
  | "withdrawn"
  /** The agent answered with an error that no retry can mend. */
  | "failed"
  | "closed";

/** How a source is doing; plain data, fit for a health endpoint. */
export interface SourceHealth {
  readonly state: SourceState;
  /** Whether getters hand something out that has not expired: `ready` or `disconnected`. */
  readonly healthy: boolean;
  /** Milliseconds since the last update, or since the agent last confirmed it. */
  readonly ageMs?: number;
  /** Milliseconds since the epoch. */
  readonly updatedAt?: number;
  /** When what it hands out expires, in milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** The last failure; it stays after things went well again, `at` says when it was. */
  readonly lastError?: { readonly code: SpiffeErrorCode; readonly message: string; readonly at: number };
  /** Failed attempts since the agent last delivered something. */
  readonly attempts: number;
}

/** Anything that says how it is doing: every source of this package. */
export interface HealthSource {
  health(): SourceHealth;
}
